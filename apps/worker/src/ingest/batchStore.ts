import { type Database, deploymentId, type Partitions } from '@stacktach/db'
import { type Instant, MINUTE } from '@stacktach/domain'
import { groupBy, type Message, type Parsed, type StoreCounts, storeMessages } from '@stacktach/ingestion'
import type { WakeUps } from '@stacktach/jobs'
import { type Logger, throttled } from '@stacktach/runtime'
import pRetry from 'p-retry'
import { wakeUpFor } from '../wakeUpFor.ts'
import type { ExchangeMetrics } from './ingestMetrics.ts'

/** How long storing a batch is retried; then its messages are requeued. */
const RETRY_TIMEOUT_MS = 60_000

export interface BatchStoreOptions {
  database: Database
  partitions: Partitions
  wakeUps: Pick<WakeUps, 'enqueue'>
  /** Name of the deployment. */
  deployment: string
  shards: number
  metrics(exchange: string): Pick<ExchangeMetrics, 'committed' | 'failed'>
  clock: () => Instant
  /** Aborted when a stopping process no longer waits for the database. */
  stopping: AbortSignal
  logger: Logger
}

type StoredBatch = StoreCounts & { timestamps: Instant[] }

/** Stores the batches of one deployment and wakes up the jobs that aggregate them. */
export class BatchStore {
  readonly #options: BatchStoreOptions
  readonly #warnClockSkew: (text: string) => void
  #deploymentId: number | undefined

  constructor(options: BatchStoreOptions) {
    this.#options = options
    this.#warnClockSkew = throttled((text) => options.logger.warn(text))
  }

  /**
   * Stores a batch, the messages of each exchange in a transaction of their own; retries for a minute.
   *
   * @throws Error when the batch could not be stored, or the process stops. Part of it may be stored
   */
  async store(messages: readonly Parsed<Message>[]): Promise<void> {
    for (const [exchange, own] of groupBy(messages, (message) => message.exchange)) await this.#store(exchange, own)
  }

  async #store(exchange: string, messages: readonly Parsed<Message>[]): Promise<void> {
    const { stopping, wakeUps } = this.#options
    const startedAt = performance.now()
    const batch = await unlessAborted(stopping, this.#storeWithRetries(exchange, messages, startedAt))
    wakeUps.enqueue(batch.touched.map(wakeUpFor))
    this.#checkClockSkew(batch.timestamps)
    this.#report(exchange, batch, performance.now() - startedAt)
  }

  #storeWithRetries(exchange: string, messages: readonly Parsed<Message>[], startedAt: number): Promise<StoredBatch> {
    const { logger, metrics, stopping } = this.#options
    return pRetry(() => this.#storeOnce(messages), {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 200,
      maxTimeout: 5_000,
      maxRetryTime: RETRY_TIMEOUT_MS,
      signal: stopping,
      // Every error is retried, even a bug: the messages stay in their queue until a corrected version runs.
      shouldRetry: () => performance.now() - startedAt < RETRY_TIMEOUT_MS,
      onFailedAttempt: ({ error, attemptNumber }) => {
        metrics(exchange).failed()
        logger.warn({ exchange, attempt: attemptNumber, reason: error.message }, 'could not store batch, retrying')
      },
    })
  }

  async #storeOnce(messages: readonly Parsed<Message>[]): Promise<StoredBatch> {
    const { database, partitions, deployment, shards, clock } = this.#options
    this.#deploymentId ??= await deploymentId(database.pool, deployment)
    const destination = { deployment, deploymentId: this.#deploymentId, shards }
    return storeMessages(database, partitions, destination, messages, clock())
  }

  #checkClockSkew(timestamps: readonly Instant[]): void {
    const latest = timestamps.reduce((last, timestamp) => Math.max(last, timestamp), Number.NEGATIVE_INFINITY)
    const minutes = Math.floor((latest - this.#options.clock()) / MINUTE)
    if (minutes > 0) {
      this.#warnClockSkew(
        `notifications are ${minutes} minutes ahead of this machine's clock: check NTP here and in the cloud`,
      )
    }
  }

  #report(exchange: string, { touched: _, reasons, timestamps, ...counts }: StoredBatch, milliseconds: number): void {
    const { metrics, clock, logger } = this.#options
    metrics(exchange).committed({ ...counts, reasons, timestamps, now: clock(), seconds: milliseconds / 1_000 })
    const details = counts.rejected > 0 ? { reasons } : {}
    logger.info({ exchange, ...counts, ...details, milliseconds: Math.round(milliseconds) }, 'stored')
  }
}

/** Rejects when `signal` is aborted before `work` ends. The work itself goes on. */
function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error('the process is stopping'))
    signal.addEventListener('abort', abort)
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
