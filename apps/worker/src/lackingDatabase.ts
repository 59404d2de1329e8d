import { type Database, databaseAnswers } from '@stacktach/db'

/** For those who ask whether a process is ready: that the database does not answer, if so. */
export async function lackingDatabase(database: Database): Promise<string[]> {
  try {
    await databaseAnswers(database)
    return []
  } catch (error) {
    return [`the database does not answer: ${error instanceof Error ? error.message : error}`]
  }
}
