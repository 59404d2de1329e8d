import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { services } from '@stacktach/testing'
import { inTransaction } from '../sql/transaction.ts'
import { type Database, openDatabase } from './open.ts'

let database: Database

beforeAll(() => {
  database = openDatabase({ url: services().databaseUrl, applicationName: 'test', size: 1 })
})

afterAll(() => database.close())

async function selected(expression: string): Promise<unknown> {
  const { rows } = await database.pool.query<{ value: unknown }>(`select ${expression} as value`)
  return rows[0]?.value
}

test('int8 is a number, up to the safe integers on both sides', async () => {
  expect(await selected('count(*)')).toBe(1)
  expect(await selected('null::int8')).toBeNull()
  expect(await selected('9007199254740991')).toBe(Number.MAX_SAFE_INTEGER)
  expect(await selected('-9007199254740991')).toBe(Number.MIN_SAFE_INTEGER)
  expect(await selected('1795464338000001')).toBe(1_795_464_338_000_001)
})

test('int8[] is an array of numbers', async () => {
  expect(await selected(`'{1795464338000001,null,-3}'::int8[]`)).toEqual([1_795_464_338_000_001, null, -3])
  expect(await selected(`'{{1,2},{3,4}}'::int8[]`)).toEqual([
    [1, 2],
    [3, 4],
  ])
  expect(await selected(`'{}'::int8[]`)).toEqual([])
})

test('other number types keep the driver’s parsers', async () => {
  expect(await selected('7::int')).toBe(7)
  expect(await selected('12345678901234567890')).toBe('12345678901234567890')
  expect(await selected('sum(1::int8)')).toBe('1')
  expect(await selected('9007199254740993::text')).toBe('9007199254740993')
})

test('an int8 beyond the safe integers fails its query and leaves the connection usable', async () => {
  const error = /int8 value -?9007199254740993 exceeds the safe integers: select it as text/
  await expect(selected('9007199254740993')).rejects.toThrow(error)
  await expect(selected('-9007199254740993')).rejects.toThrow(error)
  await expect(selected('array[1, 9007199254740993]')).rejects.toThrow(error)
  expect(await selected('1')).toBe(1)
})

test('a cursor returns numbers as well', async () => {
  const rows = await inTransaction(database.pool, async (client) => {
    await client.query('declare numbers no scroll cursor for select generate_series(1::int8, 3::int8) as value')
    return (await client.query<{ value: number }>('fetch 2 from numbers')).rows
  })
  expect(rows).toEqual([{ value: 1 }, { value: 2 }])
})

test('Prisma returns bigints of the same pool, exactly', async () => {
  const rows = await database.prisma.$queryRawUnsafe<{ value: bigint; values: bigint[] }[]>(
    'select 9007199254740993 as value, array[1::int8, 9007199254740993] as values',
  )
  expect(rows).toEqual([{ value: 9_007_199_254_740_993n, values: [1n, 9_007_199_254_740_993n] }])
})
