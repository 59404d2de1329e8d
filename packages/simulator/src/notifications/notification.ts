import type { Json } from '../core/json.ts'
import type { Micros } from '../core/time.ts'
import type { Deployment } from '../world/deployment.ts'
import type { Flavor } from '../world/flavor.ts'
import type { BaseImage } from '../world/image.ts'
import type { Instance, Launched, UsageFault } from '../world/instance.ts'
import type { Request } from '../world/request.ts'
import type { Tenant } from '../world/tenant.ts'

/** The sender: a service and its host. */
export type Publisher = { readonly service: string; readonly host: string }

/** The senders of a notification's two forms. */
export type Publishers = { readonly classic: Publisher; readonly versioned: Publisher }

/** The two formats of nova's notifications. */
export type Form = 'classic' | 'versioned'

/** A notification in one form. */
export type Rendering = {
  /** The event type in the message. */
  readonly eventType: string
  /** The event type that StackTach stores for both forms: the classic one. */
  readonly storedEvent: string
  readonly publisher: Publisher
  /** Whether the payload has the instance where a consumer looks for it. */
  readonly hasInstance: boolean
  /** Called only if the form is sent. */
  readonly payload: () => Json
}

/** What a notification reveals about a launch: its flavor, its time, or only that it exists. */
export type LaunchInfo = { readonly flavor?: Flavor; readonly launchedAt?: Micros }

/** A launch with the image that the instance is launched from. */
export type LaunchFact = LaunchInfo & { readonly image: BaseImage }

/** The times of a deleted instance, microseconds. */
export type Deletion = {
  readonly launchedAt: Micros
  /** Null for a soft delete: the instance can still be restored. */
  readonly terminatedAt: Micros | null
  readonly deletedAt: Micros
}

/** An exists in the classic form; times in microseconds. */
export type ExistsFact = {
  readonly periodic: boolean
  readonly midOperation: boolean
  readonly flavor: Flavor
  readonly tenant: Tenant
  readonly image: BaseImage
  /** The fault planted in this exists. */
  readonly planted: UsageFault | null
  /** The instance's last launch, whatever the exists says about it. */
  readonly launched: Launched | null
  readonly launchedAt: Micros | null
  readonly terminatedAt: Micros | null
  readonly deletedAt: Micros | null
  readonly auditBeginning: Micros
  readonly auditEnding: Micros
}

/** An image at the time of a notification. */
export type ImageFact = {
  readonly uuid: string
  readonly createdAt: Micros
  readonly owner: string
  readonly size: number | null
  readonly deletedAt: Micros | null
}

/** What a notification adds to the ground truth when it is sent. */
export type Facts = {
  /** The state in the notification, the empty string if it has none. */
  readonly state: string
  /** `old_task_state`, which only updates have. */
  readonly oldTask: string | null
  readonly phase: 'start' | 'end' | null
  /** The previous state, which only updates have. */
  readonly oldState?: string
  /** The HTTP status that an error stands for. */
  readonly errorCode?: number
  readonly launch?: LaunchFact
  /** The instance's image, if the payload has it. */
  readonly image?: BaseImage
  /** The launch that ends. */
  readonly deletion?: Deletion
  /** Whether a soft delete is undone. */
  readonly restored?: true
  /** The request whose work this notification ends, if it is not the notification's own. */
  readonly continues?: Request
  readonly exists?: ExistsFact
  readonly imageUsage?: ImageFact
  readonly imageDelete?: ImageFact
  readonly imageExists?: { readonly images: readonly ImageFact[]; readonly from: Micros; readonly until: Micros }
}

/** A notification of the simulated cloud, independent of its format. */
export type Notification = {
  readonly deployment: Deployment
  readonly exchange: 'nova' | 'glance'
  readonly priority: 'INFO' | 'ERROR'
  /** Null for glance, whose notifications have no context. */
  readonly request: Request | null
  /** Whether nova sends it with administrator's rights, whoever made the request. */
  readonly elevated: boolean
  readonly instance: Instance | null
  /** Null if the classic format has no such notification. */
  readonly classic: Rendering | null
  /** Null if the versioned format has no such notification. */
  readonly versioned: Rendering | null
  readonly facts: Facts
}
