import type { PublisherOptions } from '@stacktach/broker'
import type { Database, Partitions } from '@stacktach/db'
import type { Instant, Rules, Service, VerifyOptions } from '@stacktach/domain'
import type { Producer, ReportSchedule, WakeUps } from '@stacktach/jobs'
import type { Logger } from '@stacktach/runtime'

/** Broker and event types of the published verified exists. */
export interface Publishing extends PublisherOptions {
  /** Event type, by the service of the exists. */
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
  retention: RetentionDays
  /** Maximum size of a message in bytes. */
  maxBody: number
  /** Scheduled reports. */
  schedules: readonly ReportSchedule[]
  clock: () => Instant
  /** Aborted when the process stops: a long job ends after the transaction it is in. */
  stopping: AbortSignal
  logger: Logger
}

/** Days for which rows are kept; null keeps them forever. */
export type RetentionDays = Record<Service | 'aggregates', number | null>
