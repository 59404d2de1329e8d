import { type Job, type JobsOptions, Queue } from 'bullmq'
import { catalog, type JobName, type Payload, type QueueName, queueNames, schedules } from './catalog.ts'
import { type Connection, keyPrefix, onConnectionError, producerConnection } from './connection.ts'

/** How many jobs are kept when they are done, and how many that failed for good, for an operator to look at. */
const retention = { removeOnComplete: { count: 1_000 }, removeOnFail: { count: 1_000 } }

/** BullMQ takes jobs without a priority first. */
const LOW_PRIORITY = 1

/** Enqueues jobs of the catalog. Every call rejects at once when Redis is away. */
export class Producer {
  readonly #connection: Connection
  readonly #queues: Map<QueueName, Queue>

  /**
   * @param url of Redis
   * @param prefix of every key
   * @param onError told of the connection's errors; it comes back by itself
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

  /** Resolves once Redis answers; rejects when it does not within `milliseconds`. */
  async ready(milliseconds: number): Promise<void> {
    const deadline = AbortSignal.timeout(milliseconds)
    while (this.#connection.status !== 'ready') {
      if (deadline.aborted) throw new Error('Redis does not answer')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  /** Whether Redis answers, as far as is known at this moment. */
  isReady(): boolean {
    return this.#connection.status === 'ready'
  }

  /**
   * @param generation jobs of different generations are never one, however much alike
   * @param delay milliseconds until it is worked on at the earliest
   */
  async enqueue<N extends JobName>(name: N, payload: Payload<N>, generation?: number, delay = 0): Promise<Job> {
    return this.queue(catalog[name].queue).add(name, payload, { ...options(name, payload, generation), delay })
  }

  /**
   * Enqueues a job that an operator asked for: whatever else there is, it is one of its own, and it is kept when it is done,
   * so that `result` finds how it ended.
   */
  async enqueueForOperator<N extends JobName>(name: N, payload: Payload<N>): Promise<Job> {
    const generation = Date.now()
    return this.queue(catalog[name].queue).add(name, payload, { ...options(name, payload, generation), ...retention })
  }

  /**
   * Waits until a job is done.
   *
   * @param onState told, each time the job is looked at, what state it is in and how far it is
   * @returns what its handler returned
   * @throws Error when it failed for good, or is not done within `milliseconds`
   */
  async result(
    name: JobName,
    job: Job,
    milliseconds: number,
    onState: (state: string, progress: unknown) => void = () => {},
  ): Promise<unknown> {
    const deadline = AbortSignal.timeout(milliseconds)
    const id = job.id ?? ''
    const queue = this.queue(catalog[name].queue)
    while (!deadline.aborted) {
      const state = await job.getState()
      // Read after the state, or it is from before the end.
      const done = await queue.getJob(id)
      if (done === undefined) throw new Error(`job ${id} is gone`)
      onState(state, done.progress)
      if (state === 'completed' || state === 'failed') {
        if (state === 'failed') throw new Error(`job ${id} failed: ${done.failedReason}`)
        return done.returnvalue
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error(`job ${id} is not done yet`)
  }

  /**
   * Puts the schedules where they belong: a Redis that was wiped has none.
   *
   * @param reportCrons when to look for reports that are due, as cron patterns in UTC
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

  /** One scheduler a pattern. One that is there is left alone: put again in the moment it is due, it would miss that. */
  async #scheduleReports(crons: readonly string[]): Promise<void> {
    const name = 'due-reports'
    const queue = this.queue(catalog[name].queue)
    const wanted = new Map(crons.map((pattern) => [`${name} ${pattern}`, pattern]))
    const present = new Set((await queue.getJobSchedulers()).map(({ key }) => key))
    for (const [id, pattern] of wanted) {
      if (present.has(id)) continue
      const opts = { attempts: catalog[name].attempts, removeOnComplete: true, removeOnFail: true }
      await queue.upsertJobScheduler(id, { pattern, tz: 'UTC' }, { name, data: {}, opts })
    }
    for (const id of present) {
      if (id.startsWith(`${name} `) && !wanted.has(id)) await queue.removeJobScheduler(id)
    }
  }

  queue(name: QueueName): Queue {
    const queue = this.#queues.get(name)
    if (queue === undefined) throw new Error(`there is no queue ${name}`)
    return queue
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#queues.values()].map((queue) => queue.close()))
    this.#connection.disconnect()
  }
}

function options<N extends JobName>(name: N, payload: Payload<N>, generation: number | undefined): JobsOptions {
  const { attempts, deduplicationId, lowPriority } = definitionOf(name)
  const isWakeUp = attempts === 1
  return {
    attempts,
    ...(isWakeUp ? {} : { backoff: { type: 'exponential', delay: 1_000 } }),
    ...(isWakeUp ? { removeOnComplete: true, removeOnFail: true } : retention),
    ...(lowPriority?.(payload) ? { priority: LOW_PRIORITY } : {}),
    // BullMQ takes no colon in an id; a payload may bring one.
    deduplication: {
      id: `${deduplicationId(payload)}${generation === undefined ? '' : `-${generation}`}`.replaceAll(':', '_'),
      keepLastIfActive: true,
    },
  }
}

interface DefinitionOf<N extends JobName> {
  attempts: number
  deduplicationId(payload: Payload<N>): string
  lowPriority?(payload: Payload<N>): boolean
}

function definitionOf<N extends JobName>(name: N): DefinitionOf<N> {
  return catalog[name] as DefinitionOf<N>
}
