import { type Job, Worker } from 'bullmq'
import { catalog, type JobName, type Payload, type QueueName, queueNames } from './catalog.ts'
import { keyPrefix, onConnectionError, workerConnection } from './connection.ts'

/** How far a job is, kept with it in Redis: for those who wait for it, and for its next attempt. */
export interface Progress {
  /** What the last attempt told before it was cut off, as it comes from Redis; 0 in the first. */
  before: unknown
  tell(progress: Record<string, number>): Promise<void>
}

/** One handler for each job of the catalog; a missing one does not compile. */
export type Handlers = { [N in JobName]: (payload: Payload<N>, progress: Progress) => Promise<unknown> }

/** An attempt at a job that failed. */
export interface FailedAttempt {
  job: string
  milliseconds: number
  /** It is tried again by itself, as often as the catalog has it. */
  willRetry: boolean
}

export interface WorkerEvents {
  /** Told of attempts at jobs that failed. */
  onError(error: Error, context: { queue: QueueName } & Partial<FailedAttempt>): void
  /** Told of errors of the connections; they come back by themselves. */
  onRedisError(error: Error): void
  onDone(context: { queue: QueueName; job: string; milliseconds: number; result: unknown }): void
}

/** How many jobs of a queue one process works on at once; each mostly waits for the database. */
const concurrency: Record<QueueName, number> = { aggregation: 4, verification: 2, reports: 1, maintenance: 1 }

/** Milliseconds after which the job of a worker that was killed is given to another. Living ones renew their hold. */
const LOCK = 10_000

/** Milliseconds that jobs in hand have to end once the process stops; one that waits for a dead server is given back. */
const FINISH = 4_000

/** Milliseconds that Redis has to hear how the last jobs ended, and what the workers gave back. */
const GOODBYE = 2_000

/** Starts a worker for every queue. Returns what stops them: no new jobs, those in hand are finished. */
export function startWorkers(
  url: string,
  prefix: string,
  handlers: Handlers,
  events: WorkerEvents,
): () => Promise<void> {
  const inHand = new Set<Promise<unknown>>()
  const work = (job: Job): Promise<unknown> => {
    const working = run(handlers, job.name, job.data, progressOf(job)).finally(() => inHand.delete(working))
    inHand.add(working)
    return working
  }
  const workers = queueNames.map((queue) => {
    const connection = workerConnection(url)
    onConnectionError(connection, events.onRedisError)
    const worker = new Worker(queue, work, {
      connection,
      prefix: keyPrefix(url, prefix),
      concurrency: concurrency[queue],
      lockDuration: LOCK,
      stalledInterval: LOCK,
      // Handlers are idempotent, and a process that is killed often must not make a job fail for good.
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
    // A worker waits for a Redis that is away; what Redis does not hear, it gives to another as a job that stalled.
    const finished = Promise.race([Promise.allSettled(inHand), after(FINISH)])
    await Promise.race([closed, finished.then(() => after(GOODBYE))])
    for (const { connection } of workers) connection.disconnect()
  }
}

function failedAttempt(job: Job): FailedAttempt {
  const { name, finishedOn, processedOn = Date.now(), attemptsMade, opts } = job
  return {
    job: name,
    milliseconds: (finishedOn ?? Date.now()) - processedOn,
    willRetry: attemptsMade < (opts.attempts ?? 1),
  }
}

function after(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

function progressOf(job: Job): Progress {
  return { before: job.progress, tell: (progress) => job.updateProgress(progress) }
}

/** Runs a job as the catalog has it; its name and payload come from Redis, so both are checked. */
async function run(handlers: Handlers, name: string, data: unknown, progress: Progress): Promise<unknown> {
  if (!isJobName(name)) throw new Error(`there is no job ${name}`)
  return dispatch(handlers, name, data, progress)
}

function dispatch<N extends JobName>(handlers: Handlers, name: N, data: unknown, progress: Progress): Promise<unknown> {
  const payload = catalog[name].payload.parse(data) as Payload<N>
  return handlers[name](payload, progress)
}

function isJobName(name: string): name is JobName {
  return Object.hasOwn(catalog, name)
}
