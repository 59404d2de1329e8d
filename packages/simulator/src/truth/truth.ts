import type { Format } from '../core/options.ts'
import type { Micros } from '../core/time.ts'
import type { UsageFault } from '../world/instance.ts'

export type { UsageFault }

/** The system image's properties in a notification; the empty string where it has none. */
export type SystemTruth = {
  readonly tenant: string
  readonly raxOptions: string
  readonly osArchitecture: string
  readonly osDistro: string
  readonly osVersion: string
}

export type FlavorTruth = {
  /** Null in a cloud that sends only versioned notifications, which do not have it. */
  readonly instanceTypeId: number | null
  readonly instanceFlavorId: string | null
}

/** A launch: one for each instance and request. Its time is null if the build was never completed. */
export type LaunchTruth = SystemTruth & FlavorTruth & { readonly requestId: string; readonly launchedAt: Micros | null }

/** The last delete of an instance that was launched. */
export type DeleteTruth = {
  readonly launchedAt: Micros
  /** `terminated_at`, which StackTach uses as the time of the delete; for a soft delete, `deleted_at`. */
  readonly deletedAt: Micros
  /** nova's `deleted_at`, up to a second later; a minute or more if nova-compute ended during the delete. */
  readonly rowDeletedAt: Micros
}

/**
 * The expected verdict on an exists after everything that has started has ended; null if the exists has no launch time.
 * Only planted faults fail an exists, with one exception: in the versioned format a stored time that was rounded up is
 * `no launch` or `no delete`.
 */
export type VerdictTruth =
  | { readonly status: 'verified' }
  | { readonly status: 'failed'; readonly fault: Exclude<UsageFault, 'duplicate'> }

export type ExistsTruth = SystemTruth &
  FlavorTruth & {
    /** The classic message's id if both formats are sent. */
    readonly messageId: string
    /** The versioned counterpart's id; null if it was not sent. */
    readonly counterpartMessageId: string | null
    readonly periodic: boolean
    /** Whether the audit ran during an operation. */
    readonly midOperation: boolean
    /**
     * Whether it has a new flavor or image with the launch time of the old one, as in nova during a resize, revert or
     * rebuild and after a failed resize. Both were true at some moment.
     */
    readonly mixed: boolean
    readonly verdict: VerdictTruth | null
    /**
     * Message ids of the other exists with the same audit period and launch time, to the second; one of them counts.
     */
    readonly duplicates: readonly string[]
    readonly when: Micros
    readonly launchedAt: Micros | null
    readonly terminatedAt: Micros | null
    readonly deletedAt: Micros | null
    readonly auditBeginning: Micros
    readonly auditEnding: Micros
    readonly memoryMb: number
    /** The host that sent it. */
    readonly host: string
  }

/** A `.start` and the matching `.end` of its request, or one of them alone. */
export type TimingTruth = {
  /** The classic event type without its last part. */
  readonly name: string
  /** The request of the start; that of the end if there is no start. */
  readonly requestId: string
  readonly start: Micros | null
  readonly end: Micros | null
  readonly duration: Micros | null
}

/** A time in which an instance existed: `from` inclusive, `until` exclusive. */
export type UsagePeriodTruth = {
  readonly from: Micros
  readonly until: Micros
  readonly tenant: string
  readonly instanceFlavorId: string | null
  readonly memoryMb: number
}

export type InstanceTruth = {
  readonly deployment: string
  readonly tenant: string
  /** Distinct messages that have the instance, including counterparts. */
  readonly notifications: number
  readonly lastEvent: string
  readonly lastWhen: Micros
  readonly lastState: string
  readonly lastOldTask: string | null
  readonly launches: readonly LaunchTruth[]
  /** The delete that stands: null if there is none, or if a soft delete was undone. */
  readonly delete: DeleteTruth | null
  readonly exists: readonly ExistsTruth[]
  /** The times that its verified exists report, without overlaps and in order; adjacent ones differ in the flavor. */
  readonly usage: readonly UsagePeriodTruth[]
  readonly timings: readonly TimingTruth[]
  readonly planted: UsageFault | null
}

/**
 * A user's request: from its first notification to the last end that completed a timing. The scheduler's timings do not
 * end a request. A delete that nova-compute completes with another request ends the user's request.
 */
export type TrackerTruth = {
  readonly start: Micros
  readonly end: Micros | null
  readonly duration: Micros | null
  /** The completed timing's name. */
  readonly event: string | null
  readonly instance: string | null
  readonly deployment: string | null
}

/** A request on one instance, from its notifications without counterparts and exists. */
export type RequestInstanceTruth = {
  readonly first: Micros
  readonly last: Micros
  readonly duration: Micros
  /** The HTTP status of each error, in order; null for an error without one, such as any versioned error. */
  readonly errorCodes: readonly (number | null)[]
  /** Whether it left the instance in state error; a delete does not count as leaving that state. */
  readonly stateError: boolean
}

export type RequestTruth = {
  /** Distinct messages, including counterparts. */
  readonly notifications: number
  /** By instance uuid. */
  readonly instances: Readonly<Record<string, RequestInstanceTruth>>
  /** Null for nova's periodic tasks, which have no user. */
  readonly tracker: TrackerTruth | null
}

/** A user's request on one instance, without its exists. */
export type OperationTruth = {
  readonly requestId: string
  readonly instance: string
  readonly tenant: string
  readonly deployment: string
  readonly first: Micros
  readonly last: Micros
  /** Without counterparts and exists; includes the request's notifications that have no instance. */
  readonly notifications: number
  /** create, rebuild, rescue, resize or snapshot; null for other operations. */
  readonly name: string | null
  /** The HTTP status of its last error, null if it had none. */
  readonly code: number | null
  /** Whether it moved the instance from another state to error and left it there. */
  readonly stateError: boolean
  /** The type of the instance's image: `base` or `?`. */
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
  /** All messages sent, including duplicates. */
  readonly messages: number
  /** Classic event types, sorted. */
  readonly events: readonly string[]
  /** Sorted. */
  readonly hosts: readonly string[]
}

/** The ground truth about all emitted messages; times in microseconds of unix time. */
export type Truth = {
  readonly format: Format
  readonly deployments: readonly string[]
  readonly services: { readonly nova: ServiceTruth; readonly glance: ServiceTruth }
  readonly instances: Readonly<Record<string, InstanceTruth>>
  readonly requests: Readonly<Record<string, RequestTruth>>
  readonly operations: readonly OperationTruth[]
  readonly images: Readonly<Record<string, ImageTruth>>
}
