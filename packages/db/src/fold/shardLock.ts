import type pg from 'pg'
import { inTransaction } from '../sql/transaction.ts'

/** First key of the advisory locks; the second one is the shard. */
const lockClasses = { usage: 7246_101, kpi: 7246_102 } as const

/**
 * Runs `work` in a transaction that holds a shard's lock; returns null if another process holds it. The lock is released at
 * the end of the transaction, also if the process is killed.
 */
export function withShard<T>(
  pool: pg.Pool,
  fold: keyof typeof lockClasses,
  shard: number,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T | null> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1, $2) as locked', [
      lockClasses[fold],
      shard,
    ])
    return rows[0]?.locked ? work(client) : null
  })
}

/**
 * Runs `work` in a transaction that holds a shard's lock. Waits in the lock's queue, so that no later `withShard` gets the
 * lock first.
 *
 * @throws the driver's error (lock_not_available) after 60 seconds
 */
export function withShardWaiting<T>(
  pool: pg.Pool,
  fold: keyof typeof lockClasses,
  shard: number,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query(`set local lock_timeout = '60s'`)
    await client.query('select pg_advisory_xact_lock($1, $2)', [lockClasses[fold], shard])
    return work(client)
  })
}
