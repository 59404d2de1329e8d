import type { Database } from '../open.ts'

/** Resolves when the database answers, rejects when it does not. */
export async function databaseAnswers(db: Database): Promise<void> {
  await db.pool.query('select 1')
}
