import type { Database, Partitions } from '@stacktach/db'
import type { Instant, Rules } from '@stacktach/domain'
import type { Doorbell, Producer } from '@stacktach/jobs'
import type { Logger } from '@stacktach/runtime'

/** What the handlers of jobs work with. */
export interface JobContext {
  database: Database
  partitions: Partitions
  producer: Producer
  doorbell: Doorbell
  rules: Rules
  shards: number
  clock: () => Instant
  /** Aborted when the process stops: a long job ends after the transaction it is in. */
  stopping: AbortSignal
  logger: Logger
}
