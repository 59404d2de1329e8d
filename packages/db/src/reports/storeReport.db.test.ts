import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { DAY } from '@stacktach/domain'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { type Database, openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'
import { reportById } from '../queries/reportById.ts'
import { withRetentionLock } from '../retention/lock.ts'
import { importTenants } from './importTenants.ts'
import { type MadeReport, missingReports, storeReport } from './storeReport.ts'

let testDatabase: TestDatabase
let database: Database

beforeAll(async () => {
  testDatabase = await createTestDatabase(migrate)
  database = openDatabase({ url: testDatabase.url, applicationName: 'test' })
})

afterAll(async () => {
  await database.close()
  await testDatabase.drop()
})

function testReport(name: string, changes: Partial<MadeReport> = {}): MadeReport {
  const over = 101 * DAY
  const period = { from: 100 * DAY, until: over }
  return {
    name,
    version: 1,
    period,
    over,
    region: '',
    parameters: {},
    createdAt: over + 1,
    json: { n: 1n },
    ...changes,
  }
}

const store = (report: MadeReport, once = true) => storeReport(database, report, once)

test('concurrent attempts to store the same report store it once', async () => {
  const ids = await Promise.all(Array.from({ length: 10 }, () => store(testReport('same'))))
  expect(ids.filter((id) => id !== null)).toHaveLength(1)
})

test('a report requested by an operator is stored beside an existing one', async () => {
  const first = await store(testReport('again'))
  const second = await store(testReport('again'), false)
  expect(second).toBeGreaterThan(first ?? Number.NaN)
})

test('a report is stored while another process prunes', async () => {
  const began = Date.now()
  const stored = await withRetentionLock(database.pool, () =>
    Promise.race([store(testReport('meanwhile')), new Promise((resolve) => setTimeout(resolve, 3_000, 'blocked'))]),
  )
  expect(stored).toEqual(expect.any(Number))
  expect(Date.now() - began).toBeLessThan(3_000)
})

test('reports with different parameters are stored separately', async () => {
  const others: Partial<MadeReport>[] = [
    {},
    { region: 'east' },
    { period: { from: 99 * DAY, until: 101 * DAY } },
    { parameters: { percentile: 90 } },
    { parameters: { deployments: ['a', 'b'] } },
  ]
  for (const other of others) expect(await store(testReport('other', other))).not.toBeNull()
  expect(await store(testReport('other', { parameters: { deployments: ['b', 'a'] } }))).toBeNull()
})

test('a report made before the end of its period does not count as complete', async () => {
  const early = testReport('early', { createdAt: 101 * DAY - 1 })
  expect(await store(early)).not.toBeNull()
  expect(await store(testReport('early'))).not.toBeNull()
  expect(await store(testReport('early'))).toBeNull()
})

test('a stored report is returned with its parameters, and numbers keep all their digits', async () => {
  const json = { bytes: 9_007_199_254_740_993n }
  const id = await store(testReport('back', { region: 'east', parameters: { percentile: 90 }, json }))
  expect(await reportById(database, id ?? 0)).toEqual({
    id,
    name: 'back',
    version: 1,
    region: 'east',
    parameters: { percentile: 90 },
    periodStart: 100 * DAY,
    periodEnd: 101 * DAY,
    createdAt: 101 * DAY + 1,
    json: '{"bytes":9007199254740993}',
  })
})

test('missing reports are those not made for periods that have notifications', async () => {
  const subject = (name: string, back: number) => {
    const over = (101 - back) * DAY
    return { ...testReport(name), service: 'glance' as const, period: { from: over - DAY, until: over }, over }
  }
  const all = [subject('missing', 0), subject('missing', 1), subject('missing', 2)]
  expect(await missingReports(database, all)).toEqual([])
  const [first, second] = all
  await database.pool.query(
    `create table glance_early partition of notification_glance for values from (0) to (${200 * DAY})`,
  )
  await database.pool.query(
    `insert into notification_glance (deployment_id, "when", dedup_key, routing_key, publisher, service, event, request_id, image_type, json)
     values (1, ${99 * DAY + 5}, 'k', '', '', '', '', '', 0, '[]')`,
  )
  expect(await missingReports(database, all)).toEqual([first, second])
  await store(testReport('missing'))
  expect(await missingReports(database, all)).toEqual([second])
})

test('importing a tenant again replaces it and its types; other tenants stay', async () => {
  const tenant = (tenant: string, name: string, types: Record<string, string>) => ({
    tenant,
    accountName: name,
    billingAccount: '1',
    types,
  })
  const written: number[] = []
  const options = { now: 5, onProgress: (number: number) => written.push(number) }
  await importTenants(database, [tenant('a', 'Ann', { size: 'small', plan: 'gold' }), tenant('b', 'Bob', {})], options)
  await importTenants(database, [tenant('a', 'Anna', { size: 'large' })], options)
  const { rows } = await database.pool.query(
    `select i.tenant, account_name, name, value from tenant_info i left join tenant_type t using (tenant) order by 1`,
  )
  expect(rows).toEqual([
    { tenant: 'a', account_name: 'Anna', name: 'size', value: 'large' },
    { tenant: 'b', account_name: 'Bob', name: null, value: null },
  ])
  expect(written).toEqual([2, 1])
})
