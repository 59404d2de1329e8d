import { type QueueName, queueNames } from './catalog.ts'
import type { Producer } from './producer.ts'

/** How many jobs of a queue are in each state. */
export interface QueueCounts {
  queue: QueueName
  waiting: number
  active: number
  /** Pending a retry. */
  delayed: number
  /** Permanently failed jobs that Redis still holds. */
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
const SCHEDULED_ID_PREFIX = 'repeat:'

/** Queues that no worker processes. */
export async function idleQueues(producer: Producer): Promise<QueueName[]> {
  const workers = await Promise.all(queueNames.map((name) => producer.queue(name).getWorkersCount()))
  return queueNames.filter((_, index) => workers[index] === 0)
}

/** Jobs of every queue by state. */
export async function countJobs(producer: Producer): Promise<QueueCounts[]> {
  return Promise.all(
    queueNames.map(async (name) => {
      const queue = producer.queue(name)
      const counts = await queue.getJobCounts('waiting', 'prioritized', 'active', 'failed')
      const { active = 0, failed = 0 } = counts
      // BullMQ keeps jobs with a priority in a separate list.
      const waiting = (counts.waiting ?? 0) + (counts.prioritized ?? 0)
      const delayed = await queue.getRanges(['delayed'])
      return {
        queue: name,
        waiting,
        active,
        delayed: delayed.filter((id) => !id.startsWith(SCHEDULED_ID_PREFIX)).length,
        failed,
      }
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
export type RetryOutcome = { id: string; kind: 'retried' } | { id: string; kind: 'rejected'; reason: string }

/**
 * Retries a permanently failed job, with all attempts of a new one.
 *
 * @param id `queue/id`, or only the job's id if it is unique among the failed jobs of all queues
 */
export async function retryJob(producer: Producer, id: string): Promise<RetryOutcome> {
  const [queueName, jobId] = parseJobId(id)
  const rejected = (reason: string): RetryOutcome => ({ id, kind: 'rejected', reason })
  const candidates = queueNames.filter((name) => queueName === null || name === queueName)
  if (candidates.length === 0) return rejected(`unknown queue ${queueName}: the queues are ${queueNames.join(', ')}`)
  const states = await Promise.all(
    candidates.map(async (name) => ({ name, state: await producer.queue(name).getJobState(jobId) })),
  )
  const [failed, ...others] = states.filter(({ state }) => state === 'failed')
  if (failed === undefined) {
    const existing = states.find(({ state }) => state !== 'unknown')
    return rejected(existing === undefined ? 'the job does not exist' : `the job is ${existing.state}, not failed`)
  }
  if (others.length > 0) {
    const ids = [failed, ...others].map(({ name }) => `${name}/${jobId}`)
    return rejected(`several queues have this job: use ${ids.join(' or ')}`)
  }
  const job = await producer.queue(failed.name).getJob(jobId)
  if (job === undefined) return rejected('the job does not exist')
  await job.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true })
  return { id: `${failed.name}/${jobId}`, kind: 'retried' }
}

/** Splits `queue/id`; the queue of an id without one is null. */
function parseJobId(id: string): [queueName: string | null, jobId: string] {
  const slash = id.indexOf('/')
  return slash === -1 ? [null, id] : [id.slice(0, slash), id.slice(slash + 1)]
}
