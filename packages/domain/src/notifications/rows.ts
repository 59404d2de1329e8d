import type { Instant } from '../time/instant.ts'
import type { GlanceFacts, InstanceFacts } from './facts.ts'

/** Columns common to all notifications. */
export interface CommonColumns {
  when: Instant
  /** The message id, or a digest of the notification: its identity, together with deployment and when. */
  dedupKey: string
  routingKey: string
  publisher: string
  /** The publishing service: compute, api, image. */
  service: string
  host: string | null
  event: string
  messageId: string | null
  /** Empty without a request. */
  requestId: string
  imageType: number
  /** JSON of `[routing_key, notification]`, without secrets. */
  json: string
}

export interface StateColumns {
  tenant: string | null
  instance: string | null
  state: string | null
  oldState: string | null
  task: string | null
  oldTask: string | null
}

export interface NovaRow extends CommonColumns, StateColumns {
  table: 'nova'
  versioned: boolean
  /** The user of the request; null for actions of the cloud itself. */
  userId: string | null
  osArchitecture: string
  osDistro: string
  osVersion: string
  raxOptions: string
  facts: InstanceFacts | null
}

export interface GlanceRow extends CommonColumns {
  table: 'glance'
  owner: string | null
  instance: string | null
  uuid: string | null
  status: string | null
  facts: GlanceFacts | null
}

export interface GenericRow extends CommonColumns, StateColumns {
  table: 'generic'
}

export type NotificationRow = NovaRow | GlanceRow | GenericRow
