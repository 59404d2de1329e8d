import { type QueueName, queueNames } from './catalog.ts'
import type { Producer } from './producer.ts'

/** How many jobs of a queue are in each state. */
export interface QueueCounts {
  queue: QueueName
  waiting: number
  active: number
  /** Pending a retry. */
  delayed: number
  /** Permanently failed jobs that are still kept. */
  failed: number
}

/** A permanently failed job. */
export interface FailedJob {
  /** `queue/id`: ids are unique in a queue only. */
  id: string
  name: string
  payload: unknown
  reason: string
  attempts: number
  /** Microseconds of unix time. */
  failedAt: number
}

/** Id prefix of scheduled jobs that are not due yet; they do not count as delayed. */
const SCHEDULED = 'repeat:'

/** Queues without a worker. */
export async function idleQueues(producer: Producer): Promise<QueueName[]> {
  const workers = await Promise.all(queueNames.map((name) => producer.queue(name).getWorkersCount()))
  return queueNames.filter((_, index) => workers[index] === 0)
}

export async function countJobs(producer: Producer): Promise<QueueCounts[]> {
  return Promise.all(
    queueNames.map(async (name) => {
      const queue = producer.queue(name)
      const counts = await queue.getJobCounts('waiting', 'prioritized', 'active', 'failed')
      const { active = 0, failed = 0 } = counts
      // BullMQ keeps jobs with a priority in a separate list.
      const waiting = (counts.waiting ?? 0) + (counts.prioritized ?? 0)
      const delayed = await queue.getRanges(['delayed'])
      return { queue: name, waiting, active, delayed: delayed.filter((id) => !id.startsWith(SCHEDULED)).length, failed }
    }),
  )
}

/** Permanently failed jobs of all queues, newest first. */
export async function failedJobs(producer: Producer): Promise<FailedJob[]> {
  const jobs = await Promise.all(
    queueNames.map(async (name) =>
      (await producer.queue(name).getFailed()).map((job) => ({
        id: `${name}/${job.id ?? ''}`,
        name: job.name,
        payload: job.data,
        reason: job.failedReason ?? '',
        attempts: job.attemptsMade,
        failedAt: (job.finishedOn ?? 0) * 1000,
      })),
    ),
  )
  return jobs.flat().sort((a, b) => b.failedAt - a.failedAt)
}

/** Outcome of a requested retry. */
export type Retried = { id: string; kind: 'retried' } | { id: string; kind: 'refused'; reason: string }

/**
 * Retries a permanently failed job, with all attempts of a new one.
 *
 * @param id `queue/id`, or the id alone when only one queue has a failed job of it
 */
export async function retryJob(producer: Producer, id: string): Promise<Retried> {
  const [queue, own] = id.includes('/') ? [id.slice(0, id.indexOf('/')), id.slice(id.indexOf('/') + 1)] : [null, id]
  const refused = (reason: string): Retried => ({ id, kind: 'refused', reason })
  const places = queueNames.filter((name) => queue === null || name === queue)
  if (places.length === 0) return refused(`there is no queue ${queue}; there are ${queueNames.join(', ')}`)
  const states = await Promise.all(
    places.map(async (name) => ({ name, state: await producer.queue(name).getJobState(own) })),
  )
  const failed = states.filter(({ state }) => state === 'failed')
  const [only] = failed
  if (only === undefined) {
    const there = states.find(({ state }) => state !== 'unknown')
    return refused(there === undefined ? 'there is no such job' : `it has not failed, it is ${there.state}`)
  }
  if (failed.length > 1) return refused(`it is one of ${failed.map(({ name }) => `${name}/${own}`).join(' and ')}`)
  const job = await producer.queue(only.name).getJob(own)
  if (job === undefined) return refused('there is no such job')
  await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true })
  return { id: `${only.name}/${own}`, kind: 'retried' }
}
