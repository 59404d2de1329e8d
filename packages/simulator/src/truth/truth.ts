import type { Format } from '../core/options.ts'
import type { Micros } from '../core/time.ts'

/** What an instance's system image says about itself; the empty string where it says nothing. */
export type SystemTruth = {
  readonly tenant: string
  readonly raxOptions: string
  readonly osArchitecture: string
  readonly osDistro: string
  readonly osVersion: string
}

export type FlavorTruth = {
  /** Null in a cloud that sends only versioned notifications: they do not emitExistsOf it. */
  readonly instanceTypeId: number | null
  readonly instanceFlavorId: string | null
}

/** A launch: one per instance and request. Its time is null for a build that never got there. */
export type LaunchTruth = SystemTruth & FlavorTruth & { readonly requestId: string; readonly launchedAt: Micros | null }

/** The end of an instance that had been launched. */
export type DeleteTruth = {
  readonly launchedAt: Micros
  /** `terminated_at`, which counts as the time of the delete. */
  readonly deletedAt: Micros
  /** nova's own `deleted_at`, up to a second later. */
  readonly rowDeletedAt: Micros
}

/**
 * What is planted in what is told of an instance: its launches are never told; an exists shows another flavor, or another
 * tenant; its delete is never told; an exists keeps silent about a delete; an exists is sent twice.
 */
export type UsageFault = 'no launch' | 'flavor' | 'tenant' | 'no delete' | 'contradicted' | 'double'

/**
 * What becomes of an exists that is checked against the launches and deletes of its instance, once all that has begun is
 * over; null where it has no launch time to be checked by. Two faults also come by themselves: `midOperation` shows a new flavor
 * or image with the launch time of the old one; `no launch` a stored time that was rounded up, in the versioned format.
 */
export type VerdictTruth =
  | { readonly status: 'verified' }
  | { readonly status: 'failed'; readonly fault: Exclude<UsageFault, 'double'> | 'midOperation' }

export type ExistsTruth = SystemTruth &
  FlavorTruth & {
    /** That of the classic one where both formats are sent. */
    readonly messageId: string
    /** That of the other format's twin, null while there is none. */
    readonly counterpartMessageId: string | null
    readonly periodic: boolean
    /**
     * The audit came in the middle of an operation: the exists can show a new flavor or image with the launch time of
     * the old one, as nova's do; the verdict says whether it did.
     */
    readonly midOperation: boolean
    readonly verdict: VerdictTruth | null
    /** Message ids of the other exists of the same audit period and launch time, to the second: of those one counts. */
    readonly duplicates: readonly string[]
    readonly when: Micros
    readonly launchedAt: Micros | null
    readonly terminatedAt: Micros | null
    readonly deletedAt: Micros | null
    readonly auditBeginning: Micros
    readonly auditEnding: Micros
    readonly memoryMb: number
    /** Of the host that sent it. */
    readonly host: string
  }

/** A `.start` and the `.end` of its request that closed it, or one of them alone. */
export type TimingTruth = {
  /** The classic event's name without its last part. */
  readonly name: string
  readonly requestId: string
  readonly start: Micros | null
  readonly end: Micros | null
  readonly duration: Micros | null
}

export type InstanceTruth = {
  readonly deployment: string
  readonly tenant: string
  /** Distinct messages in which a reader finds the instance, twins included. */
  readonly notifications: number
  readonly lastEvent: string
  readonly lastWhen: Micros
  readonly lastState: string
  readonly lastOldTask: string | null
  readonly launches: readonly LaunchTruth[]
  readonly delete: DeleteTruth | null
  readonly exists: readonly ExistsTruth[]
  readonly timings: readonly TimingTruth[]
  readonly planted: UsageFault | null
}

/** A user's request: from its first notification to the last end that closed something. */
export type TrackerTruth = {
  readonly start: Micros
  readonly end: Micros | null
  readonly duration: Micros | null
  /** The ended event without `.end`. */
  readonly event: string | null
  readonly instance: string | null
  readonly deployment: string | null
}

/** What a request did to one instance, as its notifications without twins and exists emitExistsOf it. */
export type RequestInstanceTruth = {
  readonly first: Micros
  readonly last: Micros
  readonly duration: Micros
  /** What each of its errors stands for, in order; null for one that does not emitExistsOf, as none does in the versioned format. */
  readonly errorCodes: readonly (number | null)[]
  /** It took the instance into the state error, and not out of it again other than by deleting it. */
  readonly stateError: boolean
}

export type RequestTruth = {
  /** Distinct messages, twins included. */
  readonly notifications: number
  /** By instance, of those that its notifications show. */
  readonly instances: Readonly<Record<string, RequestInstanceTruth>>
  /** Null for what nova does by itself, without a user. */
  readonly tracker: TrackerTruth | null
}

/** What one user's request did to one instance, its exists left out. */
export type OperationTruth = {
  readonly requestId: string
  readonly instance: string
  readonly tenant: string
  readonly deployment: string
  readonly first: Micros
  readonly last: Micros
  /** Without twins and exists; with those that emitExistsOf no instance. */
  readonly notifications: number
  /** create, rebuild, rescue, resize or snapshot; null for all else. */
  readonly name: string | null
  /** The HTTP status that its last error told, null when none did. */
  readonly code: number | null
  /** It left the instance in state error, and found it in another. */
  readonly stateError: boolean
  /** `base`, or `?`: what kind of image the instance was made from. */
  readonly image: string
  /** `windows`, `linux` or `?`. */
  readonly system: string
}

export type ImageTruth = {
  readonly usage: { readonly createdAt: Micros; readonly owner: string; readonly size: number | null } | null
  readonly delete: { readonly deletedAt: Micros } | null
  readonly exists: readonly {
    readonly messageId: string
    readonly auditBeginning: Micros
    readonly auditEnding: Micros
  }[]
}

export type ServiceTruth = {
  /** Distinct message ids. */
  readonly notifications: number
  /** All that was sent, duplicates included. */
  readonly messages: number
  /** By their classic names, sorted. */
  readonly events: readonly string[]
  /** Sorted. */
  readonly hosts: readonly string[]
}

/** What is true of everything that was emitted; times are microseconds of unix time. */
export type Truth = {
  readonly format: Format
  readonly deployments: readonly string[]
  readonly services: { readonly nova: ServiceTruth; readonly glance: ServiceTruth }
  readonly instances: Readonly<Record<string, InstanceTruth>>
  readonly requests: Readonly<Record<string, RequestTruth>>
  readonly operations: readonly OperationTruth[]
  readonly images: Readonly<Record<string, ImageTruth>>
}
