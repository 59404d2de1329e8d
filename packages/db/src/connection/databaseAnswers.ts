import type pg from 'pg'
import type { Database } from './open.ts'

const QUERY_TIMEOUT_MS = 3_000

/** @throws the driver's error if the database does not answer in time */
export async function pingDatabase(db: Database): Promise<void> {
  const query: pg.QueryConfig & { query_timeout: number } = { text: 'select 1', query_timeout: QUERY_TIMEOUT_MS }
  await db.pool.query(query)
}

/** For the readiness check: the reason why the database is not available, or an empty list. */
export async function missingDatabase(db: Database): Promise<string[]> {
  try {
    await pingDatabase(db)
    return []
  } catch (error) {
    return [`the database does not answer: ${error instanceof Error ? error.message : error}`]
  }
}
