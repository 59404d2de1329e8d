import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { MINUTE } from '@stacktach/domain'
import { ConfigError } from '@stacktach/runtime'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import pg from 'pg'
import { migrate } from '../migrate.ts'
import { migrationNames } from '../migrationNames.ts'
import { checkDatabase } from './checkDatabase.ts'
import { columnParsers } from './columnParsers.ts'

let database: TestDatabase
let pool: pg.Pool

beforeEach(async () => {
  database = await createTestDatabase(migrate)
  pool = new pg.Pool({ connectionString: database.url, max: 1, types: columnParsers })
})

afterEach(async () => {
  await pool.end()
  await database.drop()
})

const clock = () => Date.now() * 1000
const check = (offset = 0) => checkDatabase(pool, () => clock() + offset)

test('a current schema and equal clocks give no warning', async () => {
  expect(await check()).toEqual([])
})

test('differing clocks give a warning with the difference and its direction', async () => {
  expect(await check(10 * MINUTE)).toEqual([
    expect.stringMatching(/^this machine's clock is 0d 00:(10:00|09:59)\.\d\d ahead of the database's: check NTP/),
  ])
  expect(await check(-10 * MINUTE)).toEqual([expect.stringMatching(/clock is 0d 00:(10:00|09:59)\.\d\d behind the/)])
})

test('an older schema is refused with the missing migrations', async () => {
  const [first, second, ...rest] = (await migrationNames()).slice(1)
  await pool.query('delete from _prisma_migrations where migration_name = $1', [first])
  await expect(check()).rejects.toThrow(
    new ConfigError(`the database schema is out of date: run \`npm run migrate\` (missing: ${first})`),
  )
  expect(rest.length).toBeGreaterThan(0)
  await pool.query('update _prisma_migrations set finished_at = null where migration_name = $1', [second])
  await expect(check()).rejects.toThrow(`run \`npm run migrate\` (missing: ${first} and 1 more)`)
})

test('a newer schema is accepted with a warning', async () => {
  await pool.query(
    `insert into _prisma_migrations (id, checksum, migration_name, finished_at) values ('x', 'x', '2100_x', now())`,
  )
  expect(await check()).toEqual([
    'the database has migrations that this version does not know: update this program (2100_x)',
  ])
})

test('a database that was never migrated is refused', async () => {
  await pool.query('drop table _prisma_migrations')
  await expect(check()).rejects.toThrow(ConfigError)
  await expect(check()).rejects.toThrow(/^the database schema is out of date: run `npm run migrate` \(/)
})
