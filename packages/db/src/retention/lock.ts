import pg from 'pg'

/** Key of the advisory lock. */
const RETENTION_LOCK = 7246_002

/**
 * Runs `work` under the lock of retention; returns null if another process holds it. The lock belongs to a separate
 * connection, so it is released also if the process is killed.
 */
export async function withRetentionLock<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T | null> {
  // Not from the pool, because `work` may need all its connections.
  const client = new pg.Client(pool.options)
  // A lost connection releases the lock, and another run may start. That is safe: each step is idempotent or fails.
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
      RETENTION_LOCK,
    ])
    return rows[0]?.locked ? await work() : null
  } finally {
    await client.end().catch(() => {})
  }
}
