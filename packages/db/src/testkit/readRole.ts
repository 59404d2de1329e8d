import { type Database, type DatabaseOptions, openDatabase } from '../connection/open.ts'

/** Runs `work` with a database, logged in as another user with the password `secret`. */
export async function openAs(
  address: string,
  role: string,
  options: Partial<DatabaseOptions>,
  work: (db: Database) => Promise<void>,
): Promise<void> {
  const url = new URL(address)
  url.username = role
  url.password = 'secret'
  const db = openDatabase({ url: url.href, applicationName: 'test', ...options })
  try {
    await work(db)
  } finally {
    await db.close()
  }
}

/** The text of the error, with its causes, with which a Prisma query fails. */
export async function describeRefusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    return JSON.stringify(error, Object.getOwnPropertyNames(error instanceof Error ? error : {})) + String(error)
  }
  return 'not refused'
}
