import { setTimeout as sleep } from 'node:timers/promises'
import { everyAggregateHash } from '@stacktach/testing'
import { Redis } from 'ioredis'
import { retryUntilAnswer } from './database.ts'
import type { Stack } from './stack.ts'

/** Without progress for this long, messages that are missing count as lost. */
const NO_PROGRESS_TIMEOUT_MS = 15_000
const CATCH_UP_TIMEOUT_MS = 240_000
const JOBS_TIMEOUT_MS = 40_000

/** Counts of stored and rejected messages. */
export interface Counts {
  /** Rows of notifications. */
  stored: number
  /** Distinct notifications among them. */
  distinct: number
  rejected: number
}

/** Counts the stored and rejected messages. */
export function counts({ database }: Stack): Promise<Counts> {
  return retryUntilAnswer(async () => {
    const { rows } = await database.pool.query<Counts>(
      `with n as (select deployment_id, dedup_key from notification_nova
            union all select deployment_id, dedup_key from notification_glance
            union all select deployment_id, dedup_key from notification_generic)
       select count(*)::int as stored, count(distinct (deployment_id, dedup_key))::int as distinct,
              (select count(*) from rejected_message)::int as rejected
         from n`,
    )
    const [row] = rows
    if (row === undefined) throw new Error('the count returned no row')
    return row
  })
}

/** Cheap counts from which the suite decides whether a stack has caught up. */
interface Progress {
  /** Stored and rejected messages. */
  stored: number
  backlog: number
  /** Exists that are not verified. */
  pending: number
}

function progress({ database }: Stack): Promise<Progress> {
  return retryUntilAnswer(async () => {
    const { rows } = await database.pool.query<Progress>(
      `select ((select count(*) from notification_nova) + (select count(*) from notification_glance)
               + (select count(*) from notification_generic) + (select count(*) from rejected_message))::int as stored,
              (select count(*) from backlog)::int as backlog,
              ((select count(*) from instance_exists where status = 'pending')
               + (select count(*) from image_exists where status = 'pending'))::int as pending`,
    )
    const [row] = rows
    if (row === undefined) throw new Error('the count returned no row')
    return row
  })
}

/**
 * Waits until the expected number of messages is stored, folded and verified; or until there is no more progress and
 * the queues are empty, which indicates a loss.
 *
 * @returns null, or a description of the work that is not done although there is no more progress
 */
export async function waitUntilCaughtUp(stack: Stack, expected: number): Promise<string | null> {
  const startedAt = Date.now()
  let previous = ''
  let progressAt = Date.now()
  for (;;) {
    const current = await progress(stack)
    const folded = current.backlog === 0 && current.pending === 0
    if (current.stored >= expected && folded) return null
    const text = JSON.stringify(current)
    if (text !== previous) progressAt = Date.now()
    previous = text
    const timedOut = Date.now() - startedAt > CATCH_UP_TIMEOUT_MS
    if (Date.now() - progressAt > NO_PROGRESS_TIMEOUT_MS || timedOut) {
      const { messages } = await retryUntilAnswer(() => stack.brokers.depth())
      const details = JSON.stringify({ ...current, expected, messages })
      if (messages === 0 && folded) return null
      if (messages === 0 && Date.now() - progressAt > 3 * NO_PROGRESS_TIMEOUT_MS) return `work is not done: ${details}`
      if (timedOut) return `did not catch up: ${details}`
    }
    await sleep(100)
  }
}

/** Hashes of all rows of all aggregates. */
export function aggregateHashes({ database }: Stack): Promise<string[]> {
  return retryUntilAnswer(() => everyAggregateHash(database))
}

/** How many rows differ between two lists of row hashes. */
export function countDifferences(a: readonly string[], b: readonly string[]): number {
  const countsOfA = new Map<string, number>()
  for (const hash of a) countsOfA.set(hash, (countsOfA.get(hash) ?? 0) + 1)
  let onlyInB = 0
  for (const hash of b) {
    const count = countsOfA.get(hash) ?? 0
    if (count === 0) onlyInB++
    else countsOfA.set(hash, count - 1)
  }
  const onlyInA = [...countsOfA.values()].reduce((sum, count) => sum + count, 0)
  // A changed row is in both counts.
  return Math.max(onlyInA, onlyInB)
}

/** Message ids of all stored notifications, including duplicates. */
export async function storedIds({ database }: Stack): Promise<string[]> {
  const { rows } = await database.pool.query<{ id: string }>(
    `select message_id as id from notification_nova union all select message_id from notification_glance
      union all select message_id from notification_generic`,
  )
  return rows.map(({ id }) => id)
}

/** Waits until no job is queued in Redis; returns a line for each queue that still has jobs after the timeout. */
export async function remainingJobs({ servers, redisPrefix }: Stack): Promise<string[]> {
  const redis = new Redis(servers.redisUrl)
  try {
    const deadline = Date.now() + JOBS_TIMEOUT_MS
    for (;;) {
      const remaining: string[] = []
      for (const queue of ['aggregation', 'verification', 'webhooks', 'reports', 'maintenance']) {
        const waiting = await redis.llen(`${redisPrefix}:${queue}:wait`)
        const active = await redis.llen(`${redisPrefix}:${queue}:active`)
        const failed = await redis.zcard(`${redisPrefix}:${queue}:failed`)
        if (waiting + active + failed > 0) {
          remaining.push(`jobs in queue ${queue}: ${waiting} waiting, ${active} active, ${failed} failed`)
        }
      }
      if (remaining.length === 0 || Date.now() > deadline) return remaining
      await sleep(100)
    }
  } finally {
    redis.disconnect()
  }
}
