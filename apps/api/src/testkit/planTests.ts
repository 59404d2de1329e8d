import { afterAll, beforeAll } from '@jest/globals'
import type { Database } from '@stacktach/db'
import { type Explain, startExplain } from './explain.ts'
import { fillMany, MANY_NOW } from './fillMany.ts'
import { type Api, startApi } from './startApi.ts'
import { createTestDatabase, type TestDatabase } from './testDatabase.ts'

/**
 * Fills a database with many rows before the tests of a file, and starts an api on it.
 *
 * @param fill adds further rows
 * @returns explains the statements of requests to that api
 */
export function planTests(fill: (db: Database) => Promise<unknown> = async () => {}): Pick<Explain, 'expectCost'> {
  let database: TestDatabase
  let api: Api
  let explain: Explain

  beforeAll(async () => {
    database = await createTestDatabase()
    await fillMany(database.db)
    await fill(database.db)
    api = await startApi(database.db, MANY_NOW)
    explain = startExplain(database, api)
  }, 120_000)

  afterAll(async () => {
    await explain?.stop()
    await api?.stop()
    await database?.drop()
  })

  return { expectCost: (path, partitions, rows) => explain.expectCost(path, partitions, rows) }
}
