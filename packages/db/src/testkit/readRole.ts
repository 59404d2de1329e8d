import { type Database, type DatabaseOptions, openDatabase } from '../connection/open.ts'

/** Works with a database as another of its users, whose password is `secret`. */
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

/** What Prisma says of a statement that PostgreSQL refused, the causes included. */
export async function describeRefusal(work: Promise<unknown>): Promise<string> {
  try {
    await work
  } catch (error) {
    return JSON.stringify(error, Object.getOwnPropertyNames(error instanceof Error ? error : {})) + String(error)
  }
  return 'not refused'
}
