import type { Database } from '../open.ts'

/** Resolves when the database answers, rejects when it does not. */
export async function databaseAnswers(db: Database): Promise<void> {
  await db.pool.query('select 1')
}

/** For those who ask whether a process is ready: that the database does not answer, if so. */
export async function lackingDatabase(db: Database): Promise<string[]> {
  try {
    await databaseAnswers(db)
    return []
  } catch (error) {
    return [`the database does not answer: ${error instanceof Error ? error.message : error}`]
  }
}
