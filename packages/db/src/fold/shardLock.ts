import type pg from 'pg'
import { inTransaction } from '../sql/transaction.ts'

const classes = { usage: 7246_101, kpi: 7246_102 } as const

/**
 * Runs `work` in a transaction that holds a shard's lock; null when another process holds it. The lock goes with the
 * transaction, whatever becomes of the process.
 */
export function withShard<T>(
  pool: pg.Pool,
  fold: keyof typeof classes,
  shard: number,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T | null> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1, $2) as locked', [
      classes[fold],
      shard,
    ])
    return rows[0]?.locked ? work(client) : null
  })
}

/**
 * Runs `work` in a transaction that holds a shard's lock, as soon as it is free: who tries for it meanwhile does not get it
 * first.
 */
export function withShardWaiting<T>(
  pool: pg.Pool,
  fold: keyof typeof classes,
  shard: number,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query(`set local lock_timeout = '60s'`)
    await client.query('select pg_advisory_xact_lock($1, $2)', [classes[fold], shard])
    return work(client)
  })
}
