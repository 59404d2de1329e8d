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

/** What the handlers of jobs work with. */
export interface JobContext {
  database: Database
  partitions: Partitions
  producer: Producer
  wakeUps: WakeUps
  rules: Rules
  shards: number
  verification: Omit<VerifyOptions, 'rules'> & { settleSeconds: number }
  /** Null: nothing is published. */
  publishing: Publishing | null
  retention: RetentionDays
  /** Bytes of a message at most. */
  maxBody: number
  /** Which reports are made by themselves. */
  schedules: readonly ReportSchedule[]
  clock: () => Instant
  /** Aborted when the process stops: a long job ends after the transaction it is in. */
  stopping: AbortSignal
  logger: Logger
}

/** Days for which rows are kept; null keeps them forever. */
export type RetentionDays = Record<Service | 'aggregates', number | null>
