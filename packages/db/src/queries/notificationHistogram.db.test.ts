import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { DAY, HOUR, MINUTE } from '@stacktach/domain'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { type Database, openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'
import { notificationHistogram } from './notificationHistogram.ts'

let testDatabase: TestDatabase
let db: Database

const START = 20_000 * DAY

beforeAll(async () => {
  testDatabase = await createTestDatabase(migrate)
  db = openDatabase({ url: testDatabase.url, applicationName: 'histogram test' })
  await db.pool.query(`insert into deployment (name) values ('west')`)
  for (const service of ['glance', 'generic']) {
    await db.pool.query(
      `create table ${service}_day partition of notification_${service} for values from (${START}) to (${START + DAY})`,
    )
    // One a minute; each tenth is an error.
    await db.pool.query(
      `insert into notification_${service} (deployment_id, "when", dedup_key, routing_key, publisher, service, host, event,
         request_id, image_type, json)
       select 1, ${START} + g * ${MINUTE}::bigint, g::text, case when g % 10 = 0 then 'x.error' else 'x.info' end, 'p', 'c',
              'host-' || g % 2, 'e', '', 0, '[]' from generate_series(0, 24 * 60 - 1) g`,
    )
  }
})

afterAll(async () => {
  await db?.close()
  await testDatabase?.drop()
})

const period = { from: START, until: START + DAY }
const options = { steps: [MINUTE, HOUR, DAY], maxBars: 100, limit: 10_000 }

describe('the histogram', () => {
  test('counts all services by the shortest step that fits', async () => {
    const { counts, ...rest } = await notificationHistogram(db, { period }, options)
    expect(rest).toEqual({ period, isPartial: false, step: HOUR })
    expect(counts).toEqual(Array.from({ length: 24 }, (_, hour) => ({ from: START + hour * HOUR, count: 120 })))
  })

  test('counts errors, and of one host', async () => {
    const filter = { period, service: 'glance', errors: true, host: 'host-0' } as const
    const { counts } = await notificationHistogram(db, filter, { ...options, steps: [HOUR] })
    expect(counts.map(({ count }) => count)).toEqual(Array(24).fill(6))
    expect((await notificationHistogram(db, { ...filter, host: 'nope' }, options)).counts).toEqual([])
    expect((await notificationHistogram(db, { period, deployment: 'nope' }, options)).counts).toEqual([])
  })

  test('begins later where it would read more than the limit', async () => {
    const { counts, ...rest } = await notificationHistogram(db, { period }, { ...options, limit: 60 })
    expect(rest).toEqual({
      period: { from: START + 23 * HOUR, until: START + DAY },
      isPartial: true,
      step: MINUTE,
    })
    expect(counts).toHaveLength(60)
    expect(counts.every(({ count }) => count === 2)).toBe(true)
  })
})
