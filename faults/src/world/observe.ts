import { setTimeout as sleep } from 'node:timers/promises'
import { everyAggregateHash } from '@stacktach/testing'
import { Redis } from 'ioredis'
import { persistently } from './database.ts'
import type { World } from './world.ts'

/** Milliseconds without any change after which nothing more is expected. */
const STILL = 15_000

/** Milliseconds after which a world that has not caught up is stuck. */
const STUCK = 240_000

export interface Counts {
  /** Rows of notifications. */
  stored: number
  /** Notifications among them: what is there twice counts once. */
  distinct: number
  rejected: number
  backlog: number
  /** Exists that are not verified. */
  pending: number
}

export function counts({ database }: World): Promise<Counts> {
  return persistently(async () => {
    const { rows } = await database.pool.query<Counts>(
      `with n as (select deployment_id, dedup_key from notification_nova
            union all select deployment_id, dedup_key from notification_glance
            union all select deployment_id, dedup_key from notification_generic)
       select count(*)::int as stored, count(distinct (deployment_id, dedup_key))::int as distinct,
              (select count(*) from rejected_message)::int as rejected, (select count(*) from backlog)::int as backlog,
              ((select count(*) from instance_exists where status = 'pending')
               + (select count(*) from image_exists where status = 'pending'))::int as pending
         from n`,
    )
    const [found] = rows
    if (found === undefined) throw new Error('a count has a row')
    return found
  })
}

/** What there is to do, of which all has to be done before a world has caught up: cheap to ask. */
function left({ database }: World): Promise<{ stored: number; backlog: number; pending: number }> {
  return persistently(async () => {
    const { rows } = await database.pool.query<{ stored: number; backlog: number; pending: number }>(
      `select ((select count(*) from notification_nova) + (select count(*) from notification_glance)
               + (select count(*) from notification_generic) + (select count(*) from rejected_message))::int as stored,
              (select count(*) from backlog)::int as backlog,
              ((select count(*) from instance_exists where status = 'pending')
               + (select count(*) from image_exists where status = 'pending'))::int as pending`,
    )
    const [found] = rows
    if (found === undefined) throw new Error('a count has a row')
    return found
  })
}

/**
 * Waits until so many are stored, folded and verified; or until nothing has changed for long and no queue holds anything,
 * which is how a loss looks.
 *
 * @returns null, or what there still is to do though nothing happens any more
 */
export async function caughtUp(world: World, expected: number): Promise<string | null> {
  const began = Date.now()
  let before = ''
  let since = Date.now()
  for (;;) {
    const found = await left(world)
    if (found.stored >= expected && found.backlog === 0 && found.pending === 0) return null
    const now = JSON.stringify(found)
    if (now !== before) since = Date.now()
    before = now
    if (Date.now() - since > STILL || Date.now() - began > STUCK) {
      const { messages } = await persistently(() => world.brokers.depth())
      const all = JSON.stringify({ ...found, expected, messages })
      if (messages === 0 && found.backlog === 0 && found.pending === 0) return null
      if (messages === 0 && Date.now() - since > 3 * STILL) return `work is left undone: ${all}`
      if (Date.now() - began > STUCK) return `does not catch up: ${all}`
    }
    await sleep(100)
  }
}

/** A hash of every row of every aggregate. */
export function aggregateHashes({ database }: World): Promise<string[]> {
  return persistently(() => everyAggregateHash(database))
}

/** How many of two ordered lists are in one of them only. */
export function differing(a: readonly string[], b: readonly string[]): number {
  const counts = new Map<string, number>()
  for (const hash of a) counts.set(hash, (counts.get(hash) ?? 0) + 1)
  let missing = 0
  for (const hash of b) {
    const count = counts.get(hash) ?? 0
    if (count === 0) missing++
    else counts.set(hash, count - 1)
  }
  const left = [...counts.values()].reduce((sum, count) => sum + count, 0)
  // A row that is another one is in both.
  return Math.max(left, missing)
}

/** Message ids of all that is stored, each as often as it is. */
export async function storedIds({ database }: World): Promise<string[]> {
  const { rows } = await database.pool.query<{ id: string }>(
    `select message_id as id from notification_nova union all select message_id from notification_glance
      union all select message_id from notification_generic`,
  )
  return rows.map(({ id }) => id)
}

/** Jobs that wait or are held in Redis, by queue, once they should all be done; empty when there are none. */
export async function jobsLeft({ servers, redisPrefix }: World): Promise<string[]> {
  const redis = new Redis(servers.redisUrl)
  try {
    const deadline = Date.now() + 40_000
    for (;;) {
      const found: string[] = []
      for (const queue of ['aggregation', 'verification', 'reports', 'maintenance']) {
        const waiting = await redis.llen(`${redisPrefix}:${queue}:wait`)
        const active = await redis.llen(`${redisPrefix}:${queue}:active`)
        const failed = await redis.zcard(`${redisPrefix}:${queue}:failed`)
        if (waiting + active + failed > 0) found.push(`${queue}: ${waiting} wait, ${active} run, ${failed} failed`)
      }
      if (found.length === 0 || Date.now() > deadline) return found
      await sleep(100)
    }
  } finally {
    redis.disconnect()
  }
}
