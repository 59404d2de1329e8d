import { type Database, migrate, openDatabase } from '@stacktach/db'
import { createTestDatabase as create } from '@stacktach/testing'

export interface TestDatabase {
  db: Database
  url: string
  drop(): Promise<void>
}

/** Creates and opens a migrated database for one test; `drop` closes and drops it. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const { url, drop } = await create(migrate)
  const db = openDatabase({ url, applicationName: 'api test' })
  return {
    db,
    url,
    async drop() {
      await db.close()
      await drop()
    },
  }
}
