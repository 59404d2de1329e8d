import { setTimeout as sleep } from 'node:timers/promises'
import { now } from '@stacktach/runtime'
import { type Job, type JobsOptions, Queue } from 'bullmq'
import {
  catalog,
  type JobName,
  jobDefinition,
  type Payload,
  type QueueName,
  queueNames,
  type Result,
  schedules,
} from './catalog.ts'
import { type Connection, keyPrefix, onConnectionError, producerConnection } from './connection.ts'

/** How many completed and permanently failed jobs are kept for an operator to inspect. */
const retention = { removeOnComplete: { count: 1_000 }, removeOnFail: { count: 1_000 } }

/** BullMQ runs jobs without a priority first. */
const LOW_PRIORITY = 1

/** Enqueues jobs of the catalog. Every call rejects at once while Redis is unavailable. */
export class Producer {
  readonly #connection: Connection
  readonly #queues: Map<QueueName, Queue>

  /**
   * @param prefix of every key in Redis
   * @param onError called for connection errors; the connection recovers automatically
   */
  constructor(url: string, prefix: string, onError: (error: Error) => void) {
    this.#connection = producerConnection(url)
    onConnectionError(this.#connection, onError)
    this.#queues = new Map(
      queueNames.map((name) => {
        const queue = new Queue(name, { connection: this.#connection, prefix: keyPrefix(url, prefix) })
        queue.on('error', onError)
        return [name, queue]
      }),
    )
  }

  /** Resolves when Redis responds; rejects if it does not within `milliseconds`. */
  async ready(milliseconds: number): Promise<void> {
    const deadline = AbortSignal.timeout(milliseconds)
    while (this.#connection.status !== 'ready') {
      if (deadline.aborted) throw new Error('Redis does not answer')
      await sleep(20)
    }
  }

  /** Whether the connection to Redis is ready at this moment. */
  isReady(): boolean {
    return this.#connection.status === 'ready'
  }

  /**
   * @param generation jobs of different generations are never deduplicated
   * @param delay minimum milliseconds until the job runs
   */
  async enqueue<N extends JobName>(name: N, payload: Payload<N>, generation?: number, delay = 0): Promise<Job> {
    return this.queue(catalog[name].queue).add(name, payload, { ...options(name, payload, generation), delay })
  }

  /**
   * Enqueues a job requested by an operator: it is not deduplicated, and it is kept when completed, so that `result` can
   * read its outcome.
   */
  async enqueueForOperator<N extends JobName>(name: N, payload: Payload<N>): Promise<Job> {
    const generation = now()
    return this.queue(catalog[name].queue).add(name, payload, { ...options(name, payload, generation), ...retention })
  }

  /**
   * Waits until a job is done.
   *
   * @param onState called at each poll with the job's state and progress
   * @returns the result of its handler
   * @throws Error if it failed permanently, or is not done within `milliseconds`
   */
  async result<N extends JobName>(
    name: N,
    job: Job,
    milliseconds: number,
    onState: (state: string, progress: unknown) => void = () => {},
  ): Promise<Result<N>> {
    const deadline = AbortSignal.timeout(milliseconds)
    const id = job.id ?? ''
    const queue = this.queue(catalog[name].queue)
    while (!deadline.aborted) {
      const state = await job.getState()
      // Read after the state; otherwise it may be older than the end of the job.
      const done = await queue.getJob(id)
      if (done === undefined) throw new Error(`job ${id} no longer exists`)
      onState(state, done.progress)
      if (state === 'completed' || state === 'failed') {
        if (state === 'failed') throw new Error(`job ${id} failed: ${done.failedReason}`)
        return jobDefinition(name).result.parse(done.returnvalue)
      }
      await sleep(100)
    }
    throw new Error(`job ${id} is not done yet`)
  }

  /**
   * Recreates missing job schedulers, for example after Redis was wiped.
   *
   * @param reportCrons when to check for due reports, as cron patterns in UTC
   */
  async schedule(reportCrons: readonly string[]): Promise<void> {
    for (const [name, every] of Object.entries(schedules) as [JobName, number][]) {
      const { attempts } = catalog[name]
      await this.queue(catalog[name].queue).upsertJobScheduler(
        name,
        { every },
        { name, data: {}, opts: { attempts, removeOnComplete: true, removeOnFail: true } },
      )
    }
    await this.#scheduleReports(reportCrons)
  }

  /** One scheduler per pattern. Existing ones stay: replacing one at the moment it is due would skip that run. */
  async #scheduleReports(crons: readonly string[]): Promise<void> {
    const name = 'due-reports'
    const queue = this.queue(catalog[name].queue)
    const required = new Map(crons.map((pattern) => [`${name} ${pattern}`, pattern]))
    const present = new Set((await queue.getJobSchedulers()).map(({ key }) => key))
    for (const [id, pattern] of required) {
      if (present.has(id)) continue
      const opts = { attempts: catalog[name].attempts, removeOnComplete: true, removeOnFail: true }
      await queue.upsertJobScheduler(id, { pattern, tz: 'UTC' }, { name, data: {}, opts })
    }
    for (const id of present) {
      if (id.startsWith(`${name} `) && !required.has(id)) await queue.removeJobScheduler(id)
    }
  }

  queue(name: QueueName): Queue {
    const queue = this.#queues.get(name)
    if (queue === undefined) throw new Error(`unknown queue ${name}`)
    return queue
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#queues.values()].map((queue) => queue.close()))
    this.#connection.disconnect()
  }
}

function options<N extends JobName>(name: N, payload: Payload<N>, generation: number | undefined): JobsOptions {
  const { attempts, deduplicationId, lowPriority } = jobDefinition(name)
  const isWakeUp = attempts === 1
  return {
    attempts,
    ...(isWakeUp ? {} : { backoff: { type: 'exponential', delay: 1_000 } }),
    ...(isWakeUp ? { removeOnComplete: true, removeOnFail: true } : retention),
    ...(lowPriority?.(payload) ? { priority: LOW_PRIORITY } : {}),
    // BullMQ refuses a colon in an id; a payload may contain one.
    deduplication: {
      id: `${deduplicationId(payload)}${generation === undefined ? '' : `-${generation}`}`.replaceAll(':', '_'),
      keepLastIfActive: true,
    },
  }
}
