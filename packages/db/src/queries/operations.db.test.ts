import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Failure, HOUR, MINUTE, type Operation, type Outcome, SECOND, type Timing } from '@stacktach/domain'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { type Database, openDatabase } from '../connection/open.ts'
import { writeFolds } from '../fold/writeFolds.ts'
import { migrate } from '../migrate.ts'
import { inTransaction } from '../sql/transaction.ts'
import { deploymentId } from '../store/deployment.ts'
import { failedNames, failureGroups, failuresByHour, listFailures } from './failures.ts'
import { countOpenOperations, countStuck, openOperations } from './openOperations.ts'
import { operationsOfInstance, operationsOfRequest, type StoredOperation } from './operations.ts'
import { slowestTimings, timingStatistics } from './timingStatistics.ts'

/** 2026-11-23 00:00:00 */
const MIDNIGHT = 1_795_392_000 * SECOND
const NOW = MIDNIGHT + 12 * HOUR

let testDatabase: TestDatabase
let database: Database
let east: number
let west: number
let lastId = 0

beforeAll(async () => {
  testDatabase = await createTestDatabase(migrate)
  database = openDatabase({ url: testDatabase.url, applicationName: 'test', size: 2 })
  east = await deploymentId(database.pool, 'east')
  west = await deploymentId(database.pool, 'west')
  await write({ operations, failures })
})

afterAll(async () => {
  await database.close()
  await testDatabase.drop()
})

async function write(rows: { operations?: Operation[]; failures?: Failure[]; timings?: Timing[] }): Promise<void> {
  const lifecycle = {
    instance: `writer ${++lastId}`,
    when: lastId,
    tieBreak: '',
    notificationId: lastId,
    notificationWhen: lastId,
    state: null,
    taskState: null,
    launchedAt: null,
    deletedAt: null,
    tenant: null,
    host: null,
    deploymentId: 1,
    hasClassic: true,
    hasVersioned: false,
  }
  const fold = {
    instance: lifecycle.instance,
    lifecycle,
    timings: rows.timings ?? [],
    launches: [],
    deletes: [],
    exists: [],
    operations: (rows.operations ?? []).map((row) => ({ ...row, deploymentId: row.deploymentId === 2 ? west : east })),
    failures: (rows.failures ?? []).map((row) => ({ ...row, deploymentId: row.deploymentId === 2 ? west : east })),
  }
  await inTransaction(database.pool, (client) => writeFolds(client, [fold], new Map(), [], new Map()))
}

function operation(name: string, minutes: number, outcome: Outcome, fields: Partial<Operation> = {}): Operation {
  const when = MIDNIGHT + minutes * MINUTE
  const end = outcome === 'open' ? null : when + MINUTE
  return {
    instance: 'i1',
    name,
    requestId: 'req-1',
    notificationId: ++lastId,
    when,
    identity: `${lastId}`,
    end,
    outcome,
    attempts: [{ start: when, end, outcome, host: 'host-1', error: outcome === 'failed' ? 'No valid host' : null }],
    deploymentId: 1,
    tenant: 'tenant',
    userId: 'user',
    host: 'host-1',
    flavor: 'small',
    image: 'cirros',
    ...fields,
  }
}

function failure(name: string, minutes: number, error: string, fields: Partial<Failure> = {}): Failure {
  return {
    notificationId: ++lastId,
    when: MIDNIGHT + minutes * MINUTE,
    instance: 'i1',
    requestId: 'req-1',
    name,
    error,
    host: 'host-1',
    flavor: 'small',
    image: 'cirros',
    tenant: 'tenant',
    deploymentId: 1,
    ...fields,
  }
}

const operations = [
  operation('create', 0, 'failed'),
  operation('reboot', 10, 'done', { requestId: 'req-2', host: 'host-2', tenant: 'other' }),
  operation('resize', 20, 'abandoned', { requestId: 'req-3', flavor: null, deploymentId: 2 }),
  // In the same microsecond.
  operation('create', 30, 'done', { instance: 'i2' }),
  operation('shutdown', 30, 'done', { instance: 'i1', requestId: 'req-4' }),
  // 705, 700 and 5 minutes before now: stuck after 10 minutes, or three times the p99 of a reboot, 4 hours.
  operation('rescue', 15, 'open', { instance: 'i3', requestId: 'req-5' }),
  operation('reboot', 20, 'open', { instance: 'i3', requestId: 'req-6', deploymentId: 2 }),
  operation('slow', 30, 'open', { instance: 'i4', requestId: 'req-7' }),
  operation('rescue', 715, 'open', { instance: 'i5', requestId: 'req-8' }),
]

const failures = [
  failure('create', 0, 'No valid host'),
  failure('create', 1, 'No valid host', { instance: 'i2', host: 'host-2' }),
  failure('create', 61, 'Timed out', { host: null, deploymentId: 2 }),
  failure('reboot', 62, 'Timed out', { flavor: 'large', image: null }),
  failure('reboot', 190, 'No valid host', { instance: 'i3' }),
]

const timing = (name: string, seconds: number, fields: { deployment?: number } = {}): Timing => {
  const when = MIDNIGHT + ++lastId * MINUTE
  const edge = { identity: `${lastId}`, requestId: `req-${seconds}` }
  return {
    instance: `i${seconds}`,
    name,
    start: { ...edge, id: ++lastId, when },
    end: {
      ...edge,
      id: ++lastId,
      when: when + seconds * SECOND,
      deploymentId: fields.deployment === 2 ? west : east,
      tenant: null,
    },
  }
}

beforeAll(async () => {
  const rows = [
    ...Array.from({ length: 100 }, (_, index) => timing('reboot', 60 + index, { deployment: index < 90 ? 1 : 2 })),
    timing('reboot', 4 * 3_600),
    timing('reboot', -5),
    timing('slow', 5 * 3_600),
  ]
  await write({ timings: rows })
})

const named = (rows: readonly StoredOperation[]) => rows.map(({ name, requestId }) => `${name} ${requestId}`)

describe('operations of an instance', () => {
  test('are listed newest first, in pages', async () => {
    const all = await operationsOfInstance(database, { instance: 'i1', limit: 10 })
    expect(named(all)).toEqual(['shutdown req-4', 'resize req-3', 'reboot req-2', 'create req-1'])
    const pages = []
    for (let before: { when: number; id: number } | undefined, page = all; page.length > 0; before = page.at(-1)) {
      page = await operationsOfInstance(database, { instance: 'i1', before, limit: 1 })
      pages.push(...page)
    }
    expect(pages).toEqual(all)
  })

  test('have all their details', async () => {
    const [row] = await operationsOfInstance(database, { instance: 'i2', limit: 10 })
    const expected = operations.find(({ instance }) => instance === 'i2')
    expect(row).toEqual({ ...expected, deploymentId: east, id: expect.any(Number), deployment: 'east' })
  })

  test('are limited to tenants', async () => {
    const ofTenants = (tenants: string[]) => operationsOfInstance(database, { instance: 'i1', tenants, limit: 10 })
    expect(named(await ofTenants(['other', 'third']))).toEqual(['reboot req-2'])
    expect(await ofTenants([])).toEqual([])
  })
})

test('operations of a request are listed oldest first, on all its instances', async () => {
  const all = await operationsOfRequest(database, { requestId: 'req-1', limit: 10 })
  expect(all.map(({ instance, name, outcome }) => `${instance} ${name} ${outcome}`)).toEqual([
    'i1 create failed',
    'i2 create done',
  ])
  expect(await operationsOfRequest(database, { requestId: 'req-1', limit: 1 })).toEqual(all.slice(0, 1))
  expect(await operationsOfRequest(database, { requestId: 'req-2', tenants: ['tenant'], limit: 1 })).toEqual([])
})

describe('open operations', () => {
  const list = async (search: Partial<Parameters<typeof openOperations>[1]> = {}) =>
    (await openOperations(database, { now: NOW, stuckOnly: false, limit: 10, ...search })).map(
      ({ operation: { name, requestId }, stuck, age, p99 }) =>
        `${name} ${requestId} ${age / MINUTE} min${stuck ? ', stuck' : ''}${p99 === null ? '' : `, p99 ${Math.round(p99 / SECOND)} s`}`,
    )

  test('are listed oldest first, with what makes them stuck', async () => {
    expect(await list()).toEqual([
      'rescue req-5 705 min, stuck',
      // 100 of the 101 durations are at most 159 seconds: the bound of that bucket.
      expect.stringMatching(/^reboot req-6 700 min, stuck, p99 16\d s$/),
      'slow req-7 690 min, p99 18000 s',
      'rescue req-8 5 min',
    ])
  })

  test('are selected by name, deployment and being stuck, in pages', async () => {
    expect(await list({ name: 'rescue' })).toEqual(['rescue req-5 705 min, stuck', 'rescue req-8 5 min'])
    expect(await list({ stuckOnly: true, name: 'rescue' })).toEqual(['rescue req-5 705 min, stuck'])
    expect(await list({ deployment: 'west' })).toEqual([expect.stringContaining('reboot req-6')])
    expect(await list({ deployment: 'nowhere' })).toEqual([])
    expect(await list({ stuckOnly: true })).toHaveLength(2)
    const [first] = await openOperations(database, { now: NOW, stuckOnly: true, limit: 1 })
    expect(await list({ stuckOnly: true, after: first?.operation })).toEqual([expect.stringContaining('reboot req-6')])
  })

  test('are counted by deployment and name', async () => {
    expect(await countOpenOperations(database)).toEqual([
      { deployment: 'east', name: 'rescue', open: 2 },
      { deployment: 'east', name: 'slow', open: 1 },
      { deployment: 'west', name: 'reboot', open: 1 },
    ])
    expect(await countStuck(database, NOW)).toEqual([
      { deployment: 'east', name: 'rescue', stuck: 1 },
      { deployment: 'west', name: 'reboot', stuck: 1 },
    ])
    expect(await countStuck(database, NOW + 10 * HOUR)).toHaveLength(3)
    expect(await countStuck(database, MIDNIGHT)).toEqual([])
  })
})

describe('failures', () => {
  const day = { from: MIDNIGHT, until: MIDNIGHT + 24 * HOUR }
  const at = (minutes: number) => MIDNIGHT + minutes * MINUTE

  test('are grouped by event and error, the largest group first', async () => {
    const groups = await failureGroups(database, { by: ['error', 'event'], period: day, limit: 10 })
    expect(groups.map(({ key, count }) => [key.event, key.error, count])).toEqual([
      ['create', 'No valid host', 2],
      ['create', 'Timed out', 1],
      ['reboot', 'No valid host', 1],
      ['reboot', 'Timed out', 1],
    ])
    expect(groups[0]).toEqual({
      key: { event: 'create', error: 'No valid host' },
      count: 2,
      first: at(0),
      last: at(1),
      instances: 2,
      // Of the event, with any error.
      attempts: 2,
    })
    expect(await failureGroups(database, { by: ['error', 'event'], period: day, limit: 1 })).toEqual(groups.slice(0, 1))
  })

  test('are grouped by what may be unknown', async () => {
    const groups = await failureGroups(database, { by: ['host'], period: day, limit: 10 })
    expect(groups.map(({ key, count, attempts }) => [key.host, count, attempts])).toEqual([
      ['host-1', 3, 8],
      [null, 1, 0],
      ['host-2', 1, 1],
    ])
    const images = await failureGroups(database, { by: ['image'], period: day, limit: 10 })
    expect(images.map(({ key, count, attempts }) => [key.image, count, attempts])).toEqual([
      ['cirros', 4, null],
      [null, 1, null],
    ])
  })

  test('are one group without keys, and none without failures', async () => {
    const whole = await failureGroups(database, { by: [], period: day, limit: 10 })
    expect(whole).toEqual([{ key: {}, count: 5, first: at(0), last: at(190), instances: 3, attempts: null }])
    expect(await failureGroups(database, { by: [], period: { from: 0, until: 1 }, limit: 10 })).toEqual([])
    expect(await failureGroups(database, { by: ['event'], period: { from: 0, until: 1 }, limit: 10 })).toEqual([])
  })

  test.each<[string, Omit<Parameters<typeof failuresByHour>[1], 'period'>, number[]]>([
    ['nothing', {}, [0, 1, 61, 62, 190]],
    ['an event', { name: 'create' }, [0, 1, 61]],
    ['an error', { error: 'Timed out' }, [61, 62]],
    ['a host', { host: 'host-2' }, [1]],
    ['no host', { host: null }, [61]],
    ['a flavor', { flavor: 'large' }, [62]],
    ['no image', { image: null }, [62]],
    ['an instance', { instance: 'i3' }, [190]],
    ['a deployment', { deployment: 'west' }, [61]],
    ['an unknown deployment', { deployment: 'nowhere' }, []],
    ['several', { name: 'reboot', error: 'Timed out', flavor: 'small' }, []],
  ])('are selected by %s, in lists, groups and hours', async (_, filter, minutes) => {
    const list = await listFailures(database, { period: day, limit: 10, ...filter })
    expect(list.map(({ when }) => (when - MIDNIGHT) / MINUTE)).toEqual(minutes.toReversed())
    const groups = await failureGroups(database, { by: ['event', 'host'], period: day, limit: 10, ...filter })
    expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(minutes.length)
    const hours = await failuresByHour(database, { period: day, ...filter })
    const counts = new Map<number, number>()
    for (const each of minutes) counts.set(Math.floor(each / 60), (counts.get(Math.floor(each / 60)) ?? 0) + 1)
    expect(hours.map(({ hour, count }) => [(hour - MIDNIGHT) / HOUR, count])).toEqual([...counts])
  })

  test('have known names', async () => {
    expect(await failedNames(database)).toEqual(['create', 'reboot'])
  })

  test('are selected by their period: from inclusive, until exclusive', async () => {
    const list = await listFailures(database, { period: { from: at(1), until: at(62) }, limit: 10 })
    expect(list.map(({ when }) => when)).toEqual([at(61), at(1)])
  })

  test('are listed newest first, in pages, with all their details', async () => {
    const all = await listFailures(database, { period: day, limit: 10 })
    const [last] = failures.slice(-1)
    expect(all[0]).toEqual({ ...last, deploymentId: east, id: expect.any(Number), deployment: 'east' })
    const rest = await listFailures(database, { period: day, before: all[1], limit: 10 })
    expect(rest).toEqual(all.slice(2))
  })
})

describe('statistics of a timing', () => {
  test('have percentiles from the histogram, and the exact maximum', async () => {
    const statistics = await timingStatistics(database, { name: 'reboot' })
    expect(statistics).toMatchObject({ name: 'reboot', count: 101, max: 4 * HOUR })
    const { median = 0, p95 = 0, p99 = 0, buckets = [], byDeployment = [] } = statistics ?? {}
    for (const [percentile, exact] of [
      [median, 110],
      [p95, 155],
      [p99, 159],
    ] as const) {
      expect(percentile).toBeGreaterThanOrEqual(exact * SECOND)
      expect(percentile).toBeLessThan(exact * SECOND * 1.045)
    }
    expect(buckets.reduce((sum, { count }) => sum + count, 0)).toBe(101)
    expect(buckets.map(({ from }) => from)).toEqual(buckets.map(({ from }) => from).toSorted((a, b) => a - b))
    expect(byDeployment.map(({ deployment, count }) => [deployment, count])).toEqual([
      ['east', 91],
      ['west', 10],
    ])
    expect(byDeployment[0]?.max).toBe(4 * HOUR)
    expect(byDeployment[1]?.max).toBeGreaterThanOrEqual(159 * SECOND)
    expect(byDeployment[1]?.max).toBeLessThan(159 * SECOND * 1.045)
  })

  test('of one timing are its duration; of an unknown name there are none', async () => {
    const whole = 5 * HOUR
    expect(await timingStatistics(database, { name: 'slow' })).toMatchObject({
      count: 1,
      median: whole,
      p99: whole,
      max: whole,
    })
    expect(await timingStatistics(database, { name: 'nothing' })).toBeNull()
  })

  test('the slowest are listed longest first', async () => {
    const slowest = await slowestTimings(database, { name: 'reboot', limit: 2 })
    expect(slowest).toMatchObject([
      { instance: 'i14400', requestId: 'req-14400', duration: 4 * HOUR, deployment: 'east' },
      { instance: 'i159', duration: 159 * SECOND, deployment: 'west' },
    ])
    expect((slowest[0]?.end ?? 0) - (slowest[0]?.start ?? 0)).toBe(4 * HOUR)
  })
})
