import type pg from 'pg'
import { ServerClient } from '../connection/serverClient.ts'

/** Keys of the advisory locks. */
const lockKeys = { retention: 7246_002, usage: 7246_003 } as const

/** Runs `work` under the lock of retention; returns null if another process holds it. */
export function withRetentionLock<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T | null> {
  return withLock(pool, 'retention', work)
}

/** Runs `work` under the lock of the jobs that close usage and find what is missing; null if another process holds it. */
export function withUsageLock<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T | null> {
  return withLock(pool, 'usage', work)
}

/** The lock belongs to a separate connection, so it is released also if the process is killed. */
async function withLock<T>(pool: pg.Pool, name: keyof typeof lockKeys, work: () => Promise<T>): Promise<T | null> {
  // Not from the pool, because `work` may need all its connections.
  const client = new ServerClient(pool.options)
  // A lost connection releases the lock, and another run may start. That is safe: each step is idempotent or fails.
  client.on('error', () => {})
  await client.connect()
  try {
    // In a transaction, because a pooler gives a connection its server only until the end of the transaction. The
    // transaction has no snapshot, so it does not hold back vacuum.
    await client.query('begin')
    await client.query('set local idle_in_transaction_session_timeout = 0')
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_xact_lock($1) as locked', [
      lockKeys[name],
    ])
    return rows[0]?.locked ? await work() : null
  } finally {
    await client.end().catch(() => {})
  }
}
