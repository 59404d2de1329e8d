import type pg from 'pg'
import type { Database } from './open.ts'

/** Milliseconds that an answer may take: who asks wants to know soon. */
const PATIENCE = 3_000

/** Resolves when the database answers, rejects when it does not. */
export async function pingDatabase(db: Database): Promise<void> {
  const query: pg.QueryConfig & { query_timeout: number } = { text: 'select 1', query_timeout: PATIENCE }
  await db.pool.query(query)
}

/** For those who ask whether a process is ready: that the database does not answer, if so. */
export async function missingDatabase(db: Database): Promise<string[]> {
  try {
    await pingDatabase(db)
    return []
  } catch (error) {
    return [`the database does not answer: ${error instanceof Error ? error.message : error}`]
  }
}
