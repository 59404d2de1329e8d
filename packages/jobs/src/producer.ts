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
import { muteEvictionWarnings, onEviction } from './eviction.ts'
import { type BrokerConnections, formatAnnouncement, type IngestProcess, parseAnnouncements } from './presence.ts'

/** Completed and permanently failed jobs that stay in Redis for an operator to inspect. */
const jobRetention = { removeOnComplete: { count: 1_000 }, removeOnFail: { count: 1_000 } }

/** BullMQ runs jobs without a priority first. */
const LOW_PRIORITY = 1

/** Enqueues jobs of the catalog. Every call rejects at once while Redis is unavailable. */
export class Producer {
  readonly #connection: Connection
  readonly #queues: Map<QueueName, Queue>
  /** Key of a hash with the announcement of each ingest process. */
  readonly #ingestKey: string

  /**
   * @param prefix prefix of every Redis key
   * @param onError called for connection errors; the connection recovers automatically
   * @param onWarning called, once per connection, if the configuration of Redis endangers the jobs
   */
  constructor(
    url: string,
    prefix: string,
    onError: (error: Error) => void,
    onWarning: (text: string) => void = () => {},
  ) {
    muteEvictionWarnings()
    this.#connection = producerConnection(url)
    onEviction(this.#connection, onWarning)
    onConnectionError(this.#connection, onError)
    this.#ingestKey = `${keyPrefix(url, prefix)}:ingest`
    this.#queues = new Map(
      queueNames.map((name) => {
        const queue = new Queue(name, { connection: this.#connection, prefix: keyPrefix(url, prefix) })
        queue.on('error', onError)
        return [name, queue]
      }),
    )
  }

  /**
   * Waits until the connection to Redis is ready.
   *
   * @throws Error when it is not within `timeoutMs`
   */
  async ready(timeoutMs: number): Promise<void> {
    const deadline = AbortSignal.timeout(timeoutMs)
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
   * Enqueues a job unless a duplicate of it is pending.
   *
   * @param generation jobs of different generations are never deduplicated
   * @param delayMs minimum time until the job runs
   */
  async enqueue<N extends JobName>(name: N, payload: Payload<N>, generation?: number, delayMs = 0): Promise<Job> {
    return this.queue(catalog[name].queue).add(name, payload, { ...options(name, payload, generation), delay: delayMs })
  }

  /**
   * Enqueues a job requested by an operator: it is not deduplicated, and it stays in Redis when completed, so that
   * `result` can read its outcome.
   */
  async enqueueForOperator<N extends JobName>(name: N, payload: Payload<N>): Promise<Job> {
    const generation = now()
    return this.queue(catalog[name].queue).add(name, payload, {
      ...options(name, payload, generation),
      ...jobRetention,
    })
  }

  /**
   * Waits until a job is done.
   *
   * @param onState called at each poll with the job's state and progress
   * @returns the handler's result
   * @throws Error if the job failed permanently, or is not done within `timeoutMs`
   */
  async result<N extends JobName>(
    name: N,
    job: Job,
    timeoutMs: number,
    onState: (state: string, progress: unknown) => void = () => {},
  ): Promise<Result<N>> {
    const deadline = AbortSignal.timeout(timeoutMs)
    const id = job.id ?? ''
    const queue = this.queue(catalog[name].queue)
    while (!deadline.aborted) {
      const state = await job.getState()
      // Read the job after its state; otherwise its result may not be there yet.
      const current = await queue.getJob(id)
      if (current === undefined) throw new Error(`job ${id} no longer exists`)
      onState(state, current.progress)
      if (state === 'completed' || state === 'failed') {
        if (state === 'failed') throw new Error(`job ${id} failed: ${current.failedReason}`)
        return jobDefinition(name).result.parse(current.returnvalue)
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
    for (const { job: name, intervalMs: every } of schedules) {
      const { attempts } = catalog[name]
      await this.queue(catalog[name].queue).upsertJobScheduler(
        name,
        { every },
        { name, data: {}, opts: { attempts, removeOnComplete: true, removeOnFail: true } },
      )
    }
    await this.#scheduleReports(reportCrons)
  }

  /** One scheduler per pattern. Existing schedulers are not replaced: that would skip a run that is due at that moment. */
  async #scheduleReports(crons: readonly string[]): Promise<void> {
    const name = 'due-reports'
    const queue = this.queue(catalog[name].queue)
    const required = new Map(crons.map((pattern) => [`${name} ${pattern}`, pattern]))
    const existing = new Set((await queue.getJobSchedulers()).map(({ key }) => key))
    for (const [id, pattern] of required) {
      if (existing.has(id)) continue
      const opts = { attempts: catalog[name].attempts, removeOnComplete: true, removeOnFail: true }
      await queue.upsertJobScheduler(id, { pattern, tz: 'UTC' }, { name, data: {}, opts })
    }
    for (const id of existing) {
      if (id.startsWith(`${name} `) && !required.has(id)) await queue.removeJobScheduler(id)
    }
  }

  /** Announces an ingest process, for `ingestProcesses`. Forgets the processes that have ended. */
  async announceIngest(process: string, brokers: BrokerConnections): Promise<void> {
    await this.#connection.hset(this.#ingestKey, process, formatAnnouncement(brokers, await this.#seconds()))
    const { ended } = await this.#announcements()
    if (ended.length > 0) await this.#connection.hdel(this.#ingestKey, ...ended)
  }

  /** Forgets an ingest process that stops. */
  async withdrawIngest(process: string): Promise<void> {
    await this.#connection.hdel(this.#ingestKey, process)
  }

  /** The running ingest processes, by name. */
  async ingestProcesses(): Promise<IngestProcess[]> {
    return (await this.#announcements()).running
  }

  async #announcements() {
    const stored = await this.#connection.hgetall(this.#ingestKey)
    return parseAnnouncements(stored, await this.#seconds())
  }

  /** The clock of Redis: those of the processes may differ. */
  async #seconds(): Promise<number> {
    const [seconds] = await this.#connection.time()
    return Number(seconds)
  }

  /** BullMQ's queue of a name. */
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
    ...(isWakeUp ? { removeOnComplete: true, removeOnFail: true } : jobRetention),
    ...(lowPriority?.(payload) ? { priority: LOW_PRIORITY } : {}),
    // BullMQ does not allow a colon in an id; a payload may contain one.
    deduplication: {
      id: `${deduplicationId(payload)}${generation === undefined ? '' : `-${generation}`}`.replaceAll(':', '_'),
      keepLastIfActive: true,
    },
  }
}
