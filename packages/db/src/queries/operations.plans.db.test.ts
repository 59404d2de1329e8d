import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { DAY, HOUR, MINUTE } from '@stacktach/domain'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { type Database, openDatabase } from '../connection/open.ts'
import { readOperations } from '../fold/operationState.ts'
import { migrate } from '../migrate.ts'
import { planNodes } from '../testkit/plans.ts'
import { failedNames, failureGroups, failuresByHour, listFailures } from './failures.ts'
import { countOpenOperations, countStuck, openOperations } from './openOperations.ts'
import { operationsOfInstance, operationsOfRequest } from './operations.ts'
import { slowestTimings, timingStatistics } from './timingStatistics.ts'

/** One operation in each second of almost two days; one in ten failed, one in a thousand is open. */
const OPERATIONS = 160_000
const NOW = 20_000 * DAY
const SECOND = 1_000_000

let testDatabase: TestDatabase
let database: Database

beforeAll(async () => {
  testDatabase = await createTestDatabase(migrate)
  database = openDatabase({ url: testDatabase.url, applicationName: 'test', size: 1 })
  const when = `${NOW} - (${OPERATIONS} - g)::bigint * ${SECOND}`
  const series = `from generate_series(1, ${OPERATIONS}) g`
  for (const statement of [
    `insert into deployment (name) select 'cell-' || g from generate_series(1, 4) g`,
    `insert into operation (notification_id, instance, name, request_id, "when", identity, end_when, outcome, attempts,
                            deployment_id, tenant, host, flavor)
     select g, 'i' || g / 8, 'event-' || g % 50, 'req-' || g / 3, ${when}, '', nullif(${when}, case when g % 1000 = 0 then ${when} end),
            case when g % 1000 = 0 then 'open' when g % 10 = 1 then 'failed' else 'done' end, '[]', 1 + g % 4, 't', 'host-' || g % 100,
            'flavor-' || g % 5 ${series}`,
    `insert into failure (notification_id, "when", instance, request_id, name, error, host, flavor, image, deployment_id)
     select g, ${when}, 'i' || g / 8, 'req-' || g / 3, 'event-' || g % 50, 'error ' || g % 30, 'host-' || g % 100,
            'flavor-' || g % 5, 'image', 1 + g % 4 ${series} where g % 10 = 1`,
    `insert into timing (instance, name, notification_id, "when", start_id, start_when, start_request_id, end_id, end_when,
                         duration, counted, end_deployment_id)
     select 'i' || g / 8, 'event-' || g % 50, g, ${when}, g, ${when}, 'req', g, ${when}, (g % 97) * ${SECOND}, true, 1 + g % 4
     ${series}`,
    'vacuum analyze',
  ]) {
    await database.pool.query(statement)
  }
}, 120_000)

afterAll(async () => {
  await database.close()
  await testDatabase.drop()
})

const lastHour = { from: NOW - HOUR, until: NOW }
const always = { from: 0, until: NOW + 1 }
const limit = 20
/** Open operations: 160. Rows of the histogram of a name: at most 97 buckets, 4 deployments and 8 stripes. */
const [OPEN, HISTOGRAM] = [160, 97 * 4 * 8]
const lastHours = 3_600

test.each<[string, () => Promise<unknown>, number]>([
  ['operations of an instance', () => operationsOfInstance(database, { instance: 'i7', limit }), 8],
  [
    'operations of an instance, next page',
    () => operationsOfInstance(database, { instance: 'i7', before: { when: NOW, id: 1 }, limit }),
    8,
  ],
  ['operations of a request', () => operationsOfRequest(database, { requestId: 'req-7', limit }), 3],
  ['open operations', () => openOperations(database, { now: NOW, stuckOnly: false, limit }), HISTOGRAM],
  ['stuck operations', () => openOperations(database, { now: NOW, stuckOnly: true, limit }), HISTOGRAM],
  [
    'open operations of a name and deployment, next page',
    () =>
      openOperations(database, {
        now: NOW,
        stuckOnly: false,
        name: 'event-0',
        deployment: 'cell-1',
        after: { when: NOW - DAY, id: 0 },
        limit,
      }),
    HISTOGRAM,
  ],
  ['the number of open operations', () => countOpenOperations(database), OPEN],
  ['the number of stuck operations', () => countStuck(database, NOW), HISTOGRAM],
  ['groups of failures', () => failureGroups(database, { by: ['event', 'host'], period: lastHour, limit }), lastHours],
  ['groups of failures by error', () => failureGroups(database, { by: ['error'], period: lastHour, limit }), 360],
  [
    'groups of failures of an event',
    () => failureGroups(database, { by: ['event', 'error'], period: lastHour, name: 'event-1', limit }),
    lastHours,
  ],
  ['failures by hour', () => failuresByHour(database, { period: lastHour }), 360],
  ['failures of all time', () => listFailures(database, { period: always, limit }), limit],
  ['failures of an event', () => listFailures(database, { period: always, name: 'event-1', limit }), limit],
  ['failures of a host', () => listFailures(database, { period: always, host: 'host-1', limit }), limit],
  [
    'failures of a host, next page',
    () => listFailures(database, { period: always, host: 'host-1', before: { when: NOW - DAY, id: 0 }, limit }),
    // One failure in ten is of this host, so that reading all of them by time is as good as its index.
    10 * limit,
  ],
  ['failures of an instance', () => listFailures(database, { period: always, instance: 'i20', limit }), 8],
  ['the names of failed operations', () => failedNames(database), 5],
  ['statistics of a timing', () => timingStatistics(database, { name: 'event-7' }), HISTOGRAM],
  ['the slowest timings', () => slowestTimings(database, { name: 'event-7', limit }), limit],
  [
    'the state of a fold',
    () =>
      readOperations(database.pool, {
        requests: Array.from({ length: 1_000 }, (_, g) => ({
          instance: `i${Math.floor((g * 3) / 8)}`,
          requestId: `req-${g}`,
        })),
        open: ['i7', 'i125'],
      }),
    3_000,
  ],
])('%s: no sequential scan, and at most the rows of the answer', async (_, query, rows) => {
  const nodes = await planNodes(database, query)
  const growing = nodes.filter((node) =>
    /^(?:operation|failure|timing|timing_histogram)$/.test(node['Relation Name'] ?? ''),
  )
  expect(growing.length).toBeGreaterThan(0)
  expect(growing.filter((node) => node['Node Type'] === 'Seq Scan')).toEqual([])
  for (const node of growing) {
    const read = (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
    expect(read).toBeLessThanOrEqual(rows)
  }
})

test('the age of the oldest open operation does not matter for the number of rows', async () => {
  const [oldest] = await openOperations(database, { now: NOW, stuckOnly: true, limit: 1 })
  expect(oldest).toMatchObject({ stuck: true, operation: { name: 'event-0', deployment: 'cell-1' } })
  expect(oldest?.age).toBeGreaterThan(10 * MINUTE)
})
