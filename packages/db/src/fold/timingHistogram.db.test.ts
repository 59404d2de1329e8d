import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { bucketBounds, bucketNumber } from '@stacktach/domain'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import fc from 'fast-check'
import { type Database, openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'

let testDatabase: TestDatabase
let database: Database

beforeAll(async () => {
  testDatabase = await createTestDatabase(migrate)
  database = openDatabase({ url: testDatabase.url, applicationName: 'test', size: 3 })
})

afterAll(async () => {
  await database.close()
  await testDatabase.drop()
})

beforeEach(() => database.pool.query('delete from timing'))

async function select(sql: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return (await database.pool.query(sql, values)).rows
}

test('timing_bucket is bucketNumber, at every bound and anywhere', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fc.integer({ min: 0, max: 9_000_000 }), fc.nat(2 ** 44)), { minLength: 50 }),
      async (random) => {
        const durations = [...bucketBounds.flatMap((bound) => [bound - 1, bound, bound + 1]), ...random]
        const rows = await select(
          'select timing_bucket(duration)::int as bucket from unnest($1::bigint[]) with ordinality as each(duration, place) order by place',
          [durations],
        )
        expect(rows.map(({ bucket }) => bucket)).toEqual(durations.map(bucketNumber))
      },
    ),
    { numRuns: 5 },
  ))

test('shards never share a stripe if their number divides 8', async () => {
  for (const shards of [1, 2, 4, 8]) {
    const rows = await select(
      `select timing_stripe(instance) as stripe, count(distinct abs(hashtextextended(instance, 0) % $1::bigint)) as shards
         from (select md5(g::text) as instance from generate_series(1, 500) g) as i group by 1`,
      [shards],
    )
    expect(rows).toHaveLength(8)
    expect(rows.map((row) => row.shards)).toEqual(Array.from({ length: 8 }, () => 1))
  }
})

/** The rows that the timings have, and those of the histogram. */
async function expectExact(): Promise<void> {
  const expected = await select(
    `select name, end_deployment_id as deployment_id, timing_bucket(duration) as bucket, timing_stripe(instance) as stripe,
            count(*) as count
       from timing where counted and end_deployment_id is not null group by 1, 2, 3, 4 order by 1, 2, 3, 4`,
  )
  expect(await select('select * from timing_histogram order by 1, 2, 3, 4')).toEqual(expected)
}

const timing = fc.record({
  notification: fc.nat(12),
  instance: fc.constantFrom('i1', 'i2', 'i3'),
  name: fc.constantFrom('create', 'delete'),
  duration: fc.constantFrom(0, 5, 1_000, 1_020, 60_000_000, -1, null),
  deployment: fc.constantFrom(1, 2, null),
})

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('upsert' as const), rows: fc.array(timing, { maxLength: 6 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('delete' as const), instance: fc.constantFrom('i1', 'i2', 'i3') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('rename' as const), name: fc.constantFrom('create', 'delete') }),
  },
)

test('after every statement the histogram counts exactly the timings', () =>
  fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 12 }), async (steps) => {
      await database.pool.query('delete from timing')
      await expectExact()
      for (const each of steps) {
        if (each.kind === 'delete') await database.pool.query('delete from timing where instance = $1', [each.instance])
        else if (each.kind === 'rename') await database.pool.query('update timing set name = $1', [each.name])
        else {
          const rows = [...new Map(each.rows.map((row) => [row.notification, row])).values()]
          await database.pool.query(
            `insert into timing (notification_id, instance, name, "when", duration, counted, end_deployment_id)
             select id, instance, name, 0, duration, duration is not null and duration >= 0, deployment
               from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::int[]) as row(id, instance, name, duration, deployment)
             on conflict (notification_id) do update
               set instance = excluded.instance, name = excluded.name, duration = excluded.duration,
                   counted = excluded.counted, end_deployment_id = excluded.end_deployment_id`,
            [
              rows.map((row) => row.notification),
              rows.map((row) => row.instance),
              rows.map((row) => row.name),
              rows.map((row) => row.duration),
              rows.map((row) => row.deployment),
            ],
          )
        }
        await expectExact()
      }
    }),
    { numRuns: 40 },
  ))

test('concurrent transactions count all their timings', async () => {
  const insert = (start: number) =>
    database.pool.query(
      `insert into timing (notification_id, instance, name, "when", duration, counted, end_deployment_id)
       select $1::int + g, 'i' || g, 'create', 0, g * 1000, true, 1 from generate_series(1, 200) g`,
      [start],
    )
  await Promise.all([0, 1_000, 2_000, 3_000, 4_000, 5_000].map(insert))
  await expectExact()
  const [total] = await select('select sum(count)::int as count from timing_histogram')
  expect(total?.count).toBe(1_200)
})
