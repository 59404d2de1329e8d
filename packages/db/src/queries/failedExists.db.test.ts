import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { type Database, openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'
import { failedExists } from './failedExists.ts'
import { rejectedReasons } from './rejectedReasons.ts'

let testDatabase: TestDatabase
let db: Database

beforeAll(async () => {
  testDatabase = await createTestDatabase(migrate)
  db = openDatabase({ url: testDatabase.url, applicationName: 'failed exists test' })
  await db.pool.query(
    `insert into instance_exists (deployment_id, dedup_key, notification_id, "when", instance, launched_at, image_type,
                                  versioned, status, fail_reason, send_status, audit_period_ending)
     select 1, n, n, n, 'i', 1, 0, false, case when n = 9 then 'verified' else 'failed' end,
            case when n % 2 = 0 then 'no launch: of ' || n else 'no delete' end, case when n = 4 then 201 else 0 end, n
       from generate_series(1, 9) n`,
  )
  await db.pool.query(
    `insert into image_exists (deployment_id, dedup_key, notification_id, "when", tie_break, uuid, created_at, status,
                               audit_period_ending)
     values (1, 'g', 1, 1, '', 'u', 1, 'failed', 5)`,
  )
  await db.pool.query(
    `insert into rejected_message (deployment, exchange, routing_key, reason, detail, body, body_size, body_sha256, received_at)
     select 'east', 'nova', 'info', case when n < 4 then 'not json' else 'too old' end, n, '', 0, n, n from generate_series(1, 5) n`,
  )
})

afterAll(async () => {
  await db?.close()
  await testDatabase?.drop()
})

test('failed exists are counted by service and reason, from a time on', async () => {
  expect(await failedExists(db, 3, 10)).toEqual({
    reasons: [
      { service: 'nova', reason: 'no delete', count: 3, contradicted: 0, lastPeriodEnd: 7 },
      { service: 'nova', reason: 'no launch', count: 3, contradicted: 1, lastPeriodEnd: 8 },
      { service: 'glance', reason: '', count: 1, contradicted: 0, lastPeriodEnd: 5 },
    ],
    isPartial: false,
  })
})

test('a limit counts the latest ones of each service, and says so', async () => {
  const { reasons, isPartial } = await failedExists(db, 0, 3)
  expect(reasons.map(({ reason, count }) => [reason, count])).toEqual([
    ['no launch', 2],
    ['', 1],
    ['no delete', 1],
  ])
  expect(isPartial).toBe(true)
})

test('the latest rejected messages are counted by reason', async () => {
  expect(await rejectedReasons(db, 10)).toEqual([
    { reason: 'not json', count: 3, last: 3 },
    { reason: 'too old', count: 2, last: 5 },
  ])
  expect(await rejectedReasons(db, 3)).toEqual([
    { reason: 'too old', count: 2, last: 5 },
    { reason: 'not json', count: 1, last: 3 },
  ])
})
