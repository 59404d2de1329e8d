import { randomBytes } from 'node:crypto'
import { type Database, migrate, openDatabase } from '@stacktach/db'

export interface TestDatabase {
  db: Database
  url: string
  drop(): Promise<void>
}

/** A migrated database of its own on the server of DATABASE_URL, gone after `drop`. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env.DATABASE_URL
  if (server === undefined) throw new Error('DATABASE_URL is not set')
  const name = `api_test_${randomBytes(6).toString('hex')}`
  const url = new URL(server)
  url.pathname = `/${name}`
  await migrate(url.href)
  const db = openDatabase({ url: url.href, applicationName: 'api test' })
  return {
    db,
    url: url.href,
    async drop() {
      await db.close()
      const maintenance = openDatabase({ url: server, applicationName: 'api test', size: 1 })
      await maintenance.pool.query(`drop database "${name}" with (force)`)
      await maintenance.close()
    },
  }
}
