import { settleWithin } from '@stacktach/runtime'
import { type Job, Worker } from 'bullmq'
import {
  isJobName,
  type JobName,
  jobDefinition,
  type Payload,
  type QueueName,
  queueNames,
  type Result,
} from './catalog.ts'
import { keyPrefix, onConnectionError, workerConnection } from './connection.ts'
import { muteEvictionWarnings } from './eviction.ts'

/** Progress of a job. Redis stores it with the job, for commands that wait for the job and for its next attempt. */
export interface Progress {
  /** Last progress that the previous attempt reported, unparsed; 0 in the first attempt. */
  previous: unknown
  /** Stores the progress of this attempt. */
  report(progress: Record<string, number | string>): Promise<void>
}

/** A handler for each job of the catalog. */
export type Handlers = { [N in JobName]: (payload: Payload<N>, progress: Progress) => Promise<Result<N>> }

/** A failed attempt of a job. */
export interface FailedAttempt {
  job: string
  milliseconds: number
  /** Whether it runs again automatically: attempts remain, or the job is enqueued again automatically. */
  willRetry: boolean
}

export interface WorkerEvents {
  /** Called for each failed attempt. */
  onError(error: Error, context: { queue: QueueName } & Partial<FailedAttempt>): void
  /** Called for connection errors; connections recover automatically. */
  onRedisError(error: Error): void
  /** Called for each successful attempt, with the result of the handler. */
  onDone(context: { queue: QueueName; job: string; milliseconds: number; result: unknown }): void
}

/** Concurrent jobs per queue and process; a job mostly waits for the database. */
const concurrency: Record<QueueName, number> = {
  aggregation: 4,
  verification: 2,
  // A job sends many messages at the same time.
  webhooks: 1,
  reports: 1,
  // A refold takes hours, retention waits for its end, and usage may have a queue. None may delay scheduled reports.
  maintenance: 5,
}

/** After this time another worker runs the job of a killed worker. Running workers renew their locks. */
const LOCK_DURATION_MS = 10_000

/** How long active jobs may take to end on shutdown. Another worker runs those that do not end in time. */
const FINISH_TIMEOUT_MS = 4_000

/** How long the workers may take to report their last jobs to Redis and close. */
const CLOSE_TIMEOUT_MS = 2_000

/**
 * Starts a worker for every queue.
 *
 * @param prefix prefix of every Redis key
 * @returns a function that stops the workers: they take no new jobs and finish the active ones
 */
export function startWorkers(
  url: string,
  prefix: string,
  handlers: Handlers,
  events: WorkerEvents,
): () => Promise<void> {
  const active = new Set<Promise<unknown>>()
  const processJob = (job: Job): Promise<unknown> => {
    const running = run(handlers, job.name, job.data, progressOf(job)).finally(() => active.delete(running))
    active.add(running)
    return running
  }
  muteEvictionWarnings()
  const workers = queueNames.map((queue) => {
    const connection = workerConnection(url)
    onConnectionError(connection, events.onRedisError)
    const worker = new Worker(queue, processJob, {
      connection,
      prefix: keyPrefix(url, prefix),
      concurrency: concurrency[queue],
      lockDuration: LOCK_DURATION_MS,
      stalledInterval: LOCK_DURATION_MS,
      // Handlers are idempotent, and a process that is killed often must not fail a job permanently.
      maxStalledCount: 10,
    })
    worker.on('error', events.onRedisError)
    worker.on('failed', (job, error) => events.onError(error, { queue, ...(job ? failedAttempt(job) : {}) }))
    worker.on('completed', (job, result) =>
      events.onDone({
        queue,
        job: job.name,
        milliseconds: (job.finishedOn ?? 0) - (job.processedOn ?? 0),
        result,
      }),
    )
    return { worker, connection }
  })
  return async () => {
    const closed = Promise.all(workers.map(({ worker }) => worker.close()))
    // While Redis is unavailable, workers do not close. A job whose end Redis did not receive is run again as stalled.
    await Promise.race([closed, settleWithin(Promise.allSettled(active), FINISH_TIMEOUT_MS)])
    await settleWithin(closed, CLOSE_TIMEOUT_MS)
    for (const { connection } of workers) {
      // Between two attempts to reconnect, ioredis keeps queued commands after a disconnect; during an attempt they fail.
      if (connection.status === 'reconnecting') connection.connect().catch(() => {})
      connection.disconnect()
    }
  }
}

function failedAttempt(job: Job): FailedAttempt {
  const { name, finishedOn, processedOn = Date.now(), attemptsMade, opts } = job
  return {
    job: name,
    milliseconds: (finishedOn ?? Date.now()) - processedOn,
    // Only jobs that are enqueued again by a timer or a scheduler leave nothing in Redis when they fail.
    willRetry: attemptsMade < (opts.attempts ?? 1) || opts.removeOnFail === true,
  }
}

function progressOf(job: Job): Progress {
  return { previous: job.progress, report: (progress) => job.updateProgress(progress) }
}

/** Runs a job of the catalog. Its name and payload were read from Redis, so both are validated. */
async function run(handlers: Handlers, name: string, data: unknown, progress: Progress): Promise<unknown> {
  if (!isJobName(name)) throw new Error(`unknown job ${name}`)
  return dispatch(handlers, name, data, progress)
}

function dispatch<N extends JobName>(
  handlers: Handlers,
  name: N,
  data: unknown,
  progress: Progress,
): Promise<Result<N>> {
  return handlers[name](jobDefinition(name).payload.parse(data), progress)
}
