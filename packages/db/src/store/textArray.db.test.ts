import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { services } from '@stacktach/testing'
import { type Database, openDatabase } from '../connection/open.ts'
import { textArray } from './textArray.ts'

let database: Database

beforeAll(() => {
  database = openDatabase({ url: services().databaseUrl, applicationName: 'test', size: 1 })
})

afterAll(() => database.close())

test.each([
  [[]],
  [['']],
  [[null, 'NULL', null]],
  [['{"a":"\\"quoted\\", \\\\"}', '{,}', ' blank ', 'ünïcödé €😀', 'x'.repeat(100_000)]],
])('array %# is stored unchanged', async (values: (string | null)[]) => {
  const { rows } = await database.pool.query<{ value: string | null }>('select unnest($1::text[]) as value', [
    textArray(values),
  ])
  expect(rows.map(({ value }) => value)).toEqual(values)
})

test('a NUL fails the statement with the code of invalid text', async () => {
  await expect(database.pool.query('select $1::text[]', [textArray(['a\0b'])])).rejects.toMatchObject({ code: '22021' })
})
