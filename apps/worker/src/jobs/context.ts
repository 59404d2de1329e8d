import type { KeyObject } from 'node:crypto'
import type { PublisherOptions } from '@stacktach/broker'
import type { Database, NewFailures, Partitions } from '@stacktach/db'
import type { Instant, Rules, Service, VerifyOptions } from '@stacktach/domain'
import type { Producer, ReportSchedule, WakeUps } from '@stacktach/jobs'
import type { Logger } from '@stacktach/runtime'

/** Where verified exists are published, and their event types. */
export interface Publishing extends PublisherOptions {
  /** Event type, by the service of the exists. */
  events: Record<'nova' | 'glance', string>
}

/** The receiver of webhook messages. */
export interface Webhook {
  url: string
  /** Signs the messages. */
  key: KeyObject
  /** Type of a message, by the service of the exists. */
  events: Record<'nova' | 'glance', string>
}

/** Dependencies and settings of the job handlers. */
export interface JobContext {
  database: Database
  partitions: Partitions
  producer: Producer
  wakeUps: WakeUps
  rules: Rules
  shards: number
  verification: Omit<VerifyOptions, 'rules'> & { settleSeconds: number }
  /** Null if publishing is off. */
  publishing: Publishing | null
  /** Null if there is no webhook. */
  webhook: Webhook | null
  retention: RetentionDays
  /** Maximum size of a message body in bytes. */
  maxBody: number
  /** Exchanges that carry the notifications of all services. */
  controlExchanges: readonly string[]
  /** Scheduled reports. */
  schedules: readonly ReportSchedule[]
  clock: () => Instant
  /** Called after the transaction that stored them. Not for those that the job `refold` finds in old notifications. */
  onNewFailures: (failures: readonly NewFailures[]) => void
  /** Aborted when the process stops: a long job then ends after its current transaction. */
  stopping: AbortSignal
  logger: Logger
}

/** Retention of notifications and aggregates in days; null: unlimited. */
export type RetentionDays = Record<Service | 'aggregates', number | null>
