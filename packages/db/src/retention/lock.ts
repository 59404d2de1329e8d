import pg from 'pg'

const RETENTION_LOCK = 7246_002

/**
 * Runs `work` while no other process prunes; null when one does. The lock goes with a connection of its own, whatever
 * becomes of the process.
 */
export async function withRetentionLock<T>(pool: pg.Pool, work: () => Promise<T>): Promise<T | null> {
  // Not one of the pool's: `work` may need all of those.
  const client = new pg.Client(pool.options)
  // Without it the lock is gone, and a second run may begin: what both then do again is idempotent or fails.
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
