import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { MINUTE } from '@stacktach/domain'
import { ConfigError } from '@stacktach/runtime'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import pg from 'pg'
import { migrate, migrationNames } from '../migrate.ts'
import { checkDatabase } from './checkDatabase.ts'

let database: TestDatabase
let pool: pg.Pool

beforeEach(async () => {
  database = await createTestDatabase(migrate)
  pool = new pg.Pool({ connectionString: database.url, max: 1 })
})

afterEach(async () => {
  await pool.end()
  await database.drop()
})

const clock = () => Date.now() * 1000
const check = (offset = 0) => checkDatabase(pool, () => clock() + offset)

test('one of this version, with a clock like ours, has nothing odd', async () => {
  expect(await check()).toEqual([])
})

test('clocks that are apart are told of, with how much and which way', async () => {
  expect(await check(10 * MINUTE)).toEqual([
    expect.stringMatching(/^this machine's clock is 0d 00:(10:00|09:59)\.\d\d ahead of the database's: see that NTP/),
  ])
  expect(await check(-10 * MINUTE)).toEqual([expect.stringMatching(/clock is 0d 00:(10:00|09:59)\.\d\d behind the/)])
})

test('an older schema is refused with what it lacks', async () => {
  const [first, second, ...rest] = (await migrationNames()).slice(1)
  await pool.query('delete from _prisma_migrations where migration_name = $1', [first])
  await expect(check()).rejects.toThrow(
    new ConfigError(`the database has not the schema of this version: npm run migrate brings ${first}`),
  )
  expect(rest.length).toBeGreaterThan(0)
  await pool.query('update _prisma_migrations set finished_at = null where migration_name = $1', [second])
  await expect(check()).rejects.toThrow(`npm run migrate brings ${first} and 1 more`)
})

test('a newer one is worked with, and told of', async () => {
  await pool.query(
    `insert into _prisma_migrations (id, checksum, migration_name, finished_at) values ('x', 'x', '2100_x', now())`,
  )
  expect(await check()).toEqual([
    'the database has migrations that this version does not know: run the version that made 2100_x',
  ])
})

test('one that was never migrated is refused', async () => {
  await pool.query('drop table _prisma_migrations')
  await expect(check()).rejects.toThrow(ConfigError)
  await expect(check()).rejects.toThrow(/^the database has not the schema of this version: npm run migrate brings it/)
})
