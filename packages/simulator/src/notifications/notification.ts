import type { Json } from '../core/json.ts'
import type { Micros } from '../core/time.ts'
import type { UsageFault } from '../truth/truth.ts'
import type { Deployment } from '../world/deployment.ts'
import type { Flavor } from '../world/flavor.ts'
import type { BaseImage } from '../world/image.ts'
import type { Instance, Launched } from '../world/instance.ts'
import type { Request } from '../world/request.ts'
import type { Tenant } from '../world/tenant.ts'

/** Who sends: a service and the host it runs on. */
export type Publisher = { readonly service: string; readonly host: string }

/** One format's form of a notice. */
export type Rendering = {
  /** The event type on the wire. */
  readonly event: string
  /** The event's classic name, by which both formats are known. */
  readonly known: string
  readonly publisher: Publisher
  /** The payload tells the instance where a reader looks for it. */
  readonly hasInstance: boolean
  /** Made only for a format that is sent. */
  readonly payload: () => Json
}

/** What an operation knows of a launch at this moment: its flavor, its time, or only that it is there. */
export type LaunchMark = { readonly flavor?: Flavor; readonly launchedAt?: Micros }

/** A launch mark with the image that the instance is launched from. */
export type LaunchFact = LaunchMark & { readonly image: BaseImage }

/** An exists as the classic format writes it; times in microseconds. */
export type ExistsFact = {
  readonly periodic: boolean
  readonly midOperation: boolean
  readonly flavor: Flavor
  readonly tenant: Tenant
  readonly image: BaseImage
  /** What is planted in it. */
  readonly planted: UsageFault | null
  /** How the instance was last brought up, whatever the exists says of it. */
  readonly launched: Launched | null
  readonly launchedAt: Micros | null
  readonly terminatedAt: Micros | null
  readonly deletedAt: Micros | null
  readonly auditBeginning: Micros
  readonly auditEnding: Micros
}

/** An image, or the end of one. */
export type ImageFact = {
  readonly uuid: string
  readonly createdAt: Micros
  readonly owner: string
  readonly size: number | null
  readonly deletedAt: Micros | null
}

/** What is true once the notice is sent. */
export type Facts = {
  /** The state that the notification shows, the empty string when it shows none. */
  readonly state: string
  /** `old_task_state`, which only updates have. */
  readonly oldTask: string | null
  readonly phase: 'start' | 'end' | null
  /** The state before, which only updates emitExistsOf. */
  readonly oldState?: string
  /** The HTTP status that an error stands for, which only the classic format tells. */
  readonly errorCode?: number
  readonly launch?: LaunchFact
  /** The instance's image, where the payload shows it. */
  readonly image?: BaseImage
  /** The HTTP status that an error tells. */
  readonly code?: number
  /** The launch that ends, and when (`terminated_at`). */
  readonly ended?: { readonly launchedAt: Micros; readonly terminatedAt: Micros; readonly deletedAt: Micros }
  readonly exists?: ExistsFact
  readonly imageUsage?: ImageFact
  readonly imageDelete?: ImageFact
  readonly imageExists?: { readonly images: readonly ImageFact[]; readonly beginning: Micros; readonly ending: Micros }
}

/** Something that the cloud tells, before it has a format. */
export type Notification = {
  readonly deployment: Deployment
  readonly exchange: 'nova' | 'glance'
  readonly priority: 'INFO' | 'ERROR'
  /** Null for glance, whose notifications carry no context. */
  readonly request: Request | null
  /** nova speaks as administrator here, whoever asked. */
  readonly elevated: boolean
  readonly instance: Instance | null
  /** Null when this format has no such notification. */
  readonly classic: Rendering | null
  readonly versioned: Rendering | null
  readonly facts: Facts
}
