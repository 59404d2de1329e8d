import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { DAY, HOUR, instanceHours, MINUTE, type Rules } from '@stacktach/domain'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { type Database, openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'
import { everywhere } from '../testkit/storeTestMessages.ts'
import { insertExists, novemberTime, type TestExists } from '../testkit/usageRows.ts'
import { inSnapshot } from './snapshot.ts'
import { sumInstanceHours } from './sumInstanceHours.ts'

const day = novemberTime('20 00:00:00')
const launchedAt = day + 7 * HOUR + 30.5 * 1_000_000

let testDatabase: TestDatabase
let database: Database

beforeEach(async () => {
  testDatabase = await createTestDatabase(migrate)
  database = openDatabase({ url: testDatabase.url, applicationName: 'test', size: 2 })
})

afterEach(async () => {
  await database.close()
  await testDatabase.drop()
})

const exists = (fields: Partial<TestExists>) =>
  insertExists(database, { instance: 'i1', launchedAt, from: day + 9 * HOUR, until: day + 10 * HOUR, ...fields })

const sum = (rules: Rules = 'today', deployments: number[] | null = null) =>
  inSnapshot(database, (client) =>
    sumInstanceHours(client, { ...everywhere({ from: day, until: day + DAY }, rules), deployments }),
  )

test('an hour that two exists of a shelved instance report counts once; twice with the rules of StackTach', async () => {
  await exists({ until: day + 9 * HOUR + 10 * MINUTE })
  await exists({})
  const usage = await sum()
  expect(usage.hours).toEqual([{ tenant: 't', flavor: '2', flavorName: null, memoryMb: 2048, count: 2, hours: 1 }])
  expect(instanceHours.shape(usage)).toMatchObject({
    total_instance_count: 2,
    total_unit_hours: 8,
    overlapping_exists: 2,
    overlapping_hours: 1 / 6,
  })
  const report = instanceHours.shape(await sum('stacktach'))
  expect(report).toMatchObject({ total_instance_count: 2, total_unit_hours: 16 })
  expect(report).not.toHaveProperty('overlapping_exists')
})

test('hosts of several deployments that report the same hour count once', async () => {
  await exists({ deployment: 1 })
  await exists({ deployment: 2 })
  expect((await sum()).hours).toMatchObject([{ count: 2, hours: 1 }])
  expect((await sum('today', [2])).hours).toMatchObject([{ count: 1, hours: 1 }])
})

test('exists that are not verified and those not completely in the period do not count', async () => {
  await exists({ status: 'failed' })
  await exists({ from: day - HOUR, until: day + 9 * HOUR })
  await exists({ from: day + 23 * HOUR, until: day + DAY + 1 })
  expect((await sum()).hours).toEqual([])
})

test('the exists are read in the order of their instances and times, in batches', async () => {
  // Inserted from the last hour to the first; more rows than one batch has.
  await database.pool.query(
    `insert into instance_exists (deployment_id, dedup_key, notification_id, "when", instance, versioned, launched_at,
                                  audit_period_beginning, audit_period_ending, tenant, instance_flavor_id, memory_mb,
                                  status, image_type)
     select 1, 'm' || instance || '-' || hour, 1, $1::bigint, 'i' || instance, false, $2::bigint,
            $1::bigint + hour * 3600000000, $1::bigint + (hour + 1) * 3600000000, 't', '2', 512, 'verified', 0
       from generate_series(23, 7, -1) as hour, generate_series(1, 300) as instance`,
    [day, launchedAt],
  )
  const usage = await sum()
  expect(usage.hours).toMatchObject([{ count: 300 * 17, hours: 300 * 17 }])
  expect(usage.overlap).toEqual({ exists: 0, leftOut: 0 })
})

test('values beyond the safe integers do not fail the report', async () => {
  await exists({ memoryMb: Number.MAX_SAFE_INTEGER + 1, deletedAt: 253_402_300_799_000_000 })
  expect((await sum()).hours).toMatchObject([{ count: 1, hours: 1 }])
})
