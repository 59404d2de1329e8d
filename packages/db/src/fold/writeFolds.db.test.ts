import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type {
  Boundary,
  Failure,
  InstanceDelete,
  InstanceExists,
  InstanceFold,
  Launch,
  Lifecycle,
  Operation,
  Timing,
} from '@stacktach/domain'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { type Database, openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'
import { inTransaction } from '../sql/transaction.ts'
import { deploymentId } from '../store/deployment.ts'
import { writeFolds } from './writeFolds.ts'
import { ConcurrentFold } from './writeLifecycles.ts'

let testDatabase: TestDatabase
let database: Database
let east: number

beforeAll(async () => {
  testDatabase = await createTestDatabase(migrate)
  database = openDatabase({ url: testDatabase.url, applicationName: 'test', size: 2 })
  east = await deploymentId(database.pool, 'east')
})

afterAll(async () => {
  await database.close()
  await testDatabase.drop()
})

let lastId = 0
const newId = () => ++lastId

const lifecycle = (instance: string, when: number): Lifecycle => ({
  instance,
  when,
  tieBreak: '',
  notificationId: when,
  notificationWhen: when,
  state: 'active',
  taskState: null,
  launchedAt: null,
  deletedAt: null,
  tenant: null,
  host: null,
  deploymentId: 1,
  hasClassic: true,
  hasVersioned: false,
})

const launch = (instance: string, fields: Partial<Launch> = {}): Launch => ({
  instance,
  requestId: 'req-1',
  launchedAt: 10,
  instanceTypeId: '1',
  instanceFlavorId: 'm1',
  tenant: 't',
  raxOptions: '0',
  osArchitecture: '',
  osVersion: '',
  osDistro: '',
  versioned: false,
  firstWhen: 9,
  lastWhen: 9,
  reported: { launchedAt: [10], instanceTypeId: ['1'], instanceFlavorId: ['m1'] },
  ...fields,
})

const deletion = (instance: string): InstanceDelete => ({
  instance,
  launchedAt: 10,
  deletedAt: 20,
  payloadDeletedAt: 21,
  notificationId: newId(),
  status: 'deleted',
})

const timing = (instance: string, when = 1): Timing => ({
  instance,
  name: 'compute.instance.create',
  start: { id: newId(), when, identity: 'start', requestId: 'req-1' },
  end: { id: newId(), when: when + 5, identity: 'end', requestId: 'req-1', deploymentId: east, tenant: 't' },
})

const exists = (instance: string, fields: Partial<InstanceExists> = {}): InstanceExists => ({
  deploymentId: east,
  dedupKey: `exists of ${instance}`,
  messageId: null,
  notificationId: newId(),
  when: 30,
  instance,
  versioned: false,
  launchedAt: 10,
  deletedAt: null,
  terminatedAt: null,
  auditPeriodBeginning: 0,
  auditPeriodEnding: 30,
  instanceTypeId: '1',
  instanceFlavorId: 'm1',
  flavorName: null,
  memoryMb: 1,
  tenant: 't',
  raxOptions: '0',
  osArchitecture: '',
  osVersion: '',
  osDistro: '',
  imageType: 0,
  host: null,
  bandwidthPublicOut: '9007199254740993',
  ...fields,
})

const operation = (instance: string, when = 1): Operation => ({
  instance,
  name: 'compute.instance.create',
  requestId: 'req-1',
  notificationId: newId(),
  when,
  identity: 'start',
  end: null,
  outcome: 'open',
  attempts: [{ start: when, end: null, outcome: 'open', host: 'host-1', error: null }],
  deploymentId: east,
  tenant: 't',
  userId: 'u',
  host: 'host-1',
  flavor: 'm1',
  image: 'cirros',
})

const failure = (instance: string, when = 1): Failure => ({
  notificationId: newId(),
  when,
  instance,
  requestId: 'req-1',
  name: 'compute.instance.create',
  error: 'No valid host was found.',
  host: 'host-1',
  flavor: 'm1',
  image: 'cirros',
  tenant: 't',
  deploymentId: east,
})

/** A fold with one row in each table. */
function fold(instance: string, when: number): InstanceFold {
  return {
    instance,
    lifecycle: lifecycle(instance, when),
    timings: [timing(instance)],
    launches: [launch(instance)],
    deletes: [deletion(instance)],
    exists: [exists(instance)],
    operations: [operation(instance)],
    failures: [failure(instance)],
  }
}

/** Writes folds in a transaction. */
function write(
  folds: readonly InstanceFold[],
  {
    before = [],
    refolded = [],
    boundaries = new Map(),
  }: {
    before?: readonly Lifecycle[]
    refolded?: readonly string[]
    boundaries?: ReadonlyMap<string, Boundary>
  } = {},
) {
  const lifecycles = new Map(before.map((state) => [state.instance, state]))
  return inTransaction(database.pool, (client) => writeFolds(client, folds, lifecycles, refolded, boundaries))
}

/** Writes folds, and returns the changed launches and deletes. */
async function changedBy(...parameters: Parameters<typeof write>) {
  return (await write(...parameters)).changed
}

const TABLES = ['timing', 'instance_launch', 'instance_delete', 'instance_exists', 'operation', 'failure'] as const

/** Ids and versions of an instance's rows, by table; the version changes with each write. */
async function rowsOf(instance: string) {
  const rows: Record<string, { id: number; version: string }[]> = {}
  for (const table of TABLES) {
    const result = await database.pool.query<{ id: number; version: string }>(
      `select id::int as id, xmin::text || ctid::text as version from ${table} where instance = $1 order by id`,
      [instance],
    )
    rows[table] = result.rows
  }
  return rows
}

const idsOf = async (instance: string) =>
  Object.fromEntries(Object.entries(await rowsOf(instance)).map(([table, rows]) => [table, rows.map(({ id }) => id)]))

const positionOf = async (instance: string) =>
  (
    await database.pool.query<{ position: string }>(
      'select folded_when::text as position from lifecycle where instance = $1',
      [instance],
    )
  ).rows.map(({ position }) => Number(position))

test('new rows are inserted, and new launches and deletes are returned', async () => {
  const changed = await changedBy([fold('new', 100)])
  const ids = await idsOf('new')
  expect(Object.values(ids).map((list) => list.length)).toEqual([1, 1, 1, 1, 1, 1])
  expect(changed).toEqual({
    launches: ids.instance_launch,
    instances: [],
    deletes: [{ instance: 'new', launchedAt: 10, deletedAt: 20 }],
  })
  expect(await positionOf('new')).toEqual([100])
  const { rows } = await database.pool.query(
    `select status, bandwidth_public_out::text as bandwidth from instance_exists where instance = 'new'`,
  )
  expect(rows).toEqual([{ status: 'pending', bandwidth: '9007199254740993' }])
})

test('unchanged rows are not written', async () => {
  const first = fold('unchanged', 100)
  await write([first])
  const rows = await rowsOf('unchanged')
  for (const refolded of [[], ['unchanged']]) {
    const changed = await changedBy([first], { before: [first.lifecycle], refolded })
    expect(changed).toEqual({ launches: [], instances: [], deletes: [] })
    expect(await rowsOf('unchanged')).toEqual(rows)
  }
})

test('a changed row keeps its id, and a changed exists must be verified again', async () => {
  const first = fold('changed', 100)
  const other = fold('other', 100)
  await write([first, other])
  await database.pool.query(`update instance_exists set status = 'failed', fail_reason = 'no launch: none'`)
  const ids = await idsOf('changed')
  const second = {
    ...first,
    lifecycle: lifecycle('changed', 200),
    launches: [launch('changed', { tenant: 'u' })],
    exists: [exists('changed', { deletedAt: 20 })],
    operations: first.operations.map((row) => ({ ...row, outcome: 'done' as const, end: 5 })),
  }
  const changed = await changedBy([second, other], { before: [first.lifecycle, other.lifecycle] })
  expect(changed).toEqual({ launches: ids.instance_launch, instances: [], deletes: [] })
  expect(await idsOf('changed')).toEqual(ids)
  expect(await positionOf('changed')).toEqual([200])
  const { rows } = await database.pool.query(
    `select instance, status, fail_reason as reason from instance_exists
      where instance in ('changed', 'other') order by instance`,
  )
  expect(rows).toEqual([
    { instance: 'changed', status: 'pending', reason: null },
    { instance: 'other', status: 'failed', reason: 'no launch: none' },
  ])
})

test('only a refold deletes rows that the fold no longer has, and returns its launches and deletes', async () => {
  const first = fold('refolded', 100)
  const other = fold('untouched', 100)
  await write([first, other])
  const ids = await idsOf('refolded')
  const untouched = await rowsOf('untouched')
  const empty = { ...first, timings: [], launches: [], deletes: [], exists: [], operations: [], failures: [] }
  expect(await changedBy([empty], { before: [first.lifecycle] })).toEqual({ launches: [], instances: [], deletes: [] })
  expect(await idsOf('refolded')).toEqual(ids)
  expect(await changedBy([empty], { before: [first.lifecycle], refolded: ['refolded'] })).toEqual({
    launches: ids.instance_launch,
    instances: ['refolded'],
    deletes: [{ instance: 'refolded', launchedAt: 10, deletedAt: 20 }],
  })
  expect(Object.values(await idsOf('refolded')).flat()).toEqual([])
  expect(await rowsOf('untouched')).toEqual(untouched)
})

test('a refold from a boundary keeps the timings, exists, operations and failures before the boundary', async () => {
  const first = {
    ...fold('bounded', 100),
    timings: [timing('bounded', 10), timing('bounded', 50)],
    exists: [exists('bounded'), exists('bounded', { when: 60, dedupKey: 'later' })],
    operations: [operation('bounded', 10), operation('bounded', 50)],
    failures: [failure('bounded', 10), failure('bounded', 50)],
  }
  await write([first])
  const ids = await idsOf('bounded')
  const boundary: Boundary = {
    instance: 'bounded',
    from: 50,
    lifecycle: null,
    openTimings: [],
    launches: [],
    deletes: [],
    operations: [],
    classic: [],
    versioned: [],
  }
  const refold = { ...first, timings: [], exists: [], operations: [], failures: [] }
  const boundaries = new Map([['bounded', boundary]])
  await write([refold], { before: [first.lifecycle], refolded: ['bounded'], boundaries })
  expect(await idsOf('bounded')).toEqual({
    ...ids,
    timing: ids.timing?.slice(0, 1),
    instance_exists: ids.instance_exists?.slice(0, 1),
    operation: ids.operation?.slice(0, 1),
    failure: ids.failure?.slice(0, 1),
  })
})

test('of two exists with the same deduplication key the last one is written', async () => {
  const twice = { ...fold('twice', 100), exists: [exists('twice', { when: 40 }), exists('twice', { when: 41 })] }
  await write([twice])
  const { rows } = await database.pool.query(
    `select "when"::text as time from instance_exists where instance = 'twice'`,
  )
  expect(rows).toEqual([{ time: '41' }])
})

test('failures are new when they are written for the first time, and do not replace one of the other format', async () => {
  const first = { ...fold('failing', 100), failures: [failure('failing', 1), failure('failing', 2)] }
  const other = fold('also failing', 100)
  const name = 'compute.instance.create'
  expect((await write([first, other])).newFailures).toEqual([{ deployment: 'east', name, count: 3 }])
  const before = [first.lifecycle]
  for (const refolded of [[], ['failing']]) {
    expect((await write([first], { before, refolded })).newFailures).toEqual([])
  }
  const changed = first.failures.map((row) => ({ ...row, error: 'Timed out' }))
  expect((await write([{ ...first, failures: changed }], { before })).newFailures).toEqual([])
  const replaced = { ...first, failures: [failure('failing', 1), ...changed.slice(1)] }
  expect((await write([replaced], { before, refolded: ['failing'] })).newFailures).toEqual([])
  const reboot = { ...failure('failing', 3), name: 'compute.instance.reboot' }
  const further = { ...replaced, failures: [...replaced.failures, failure('failing', 4), reboot] }
  expect((await write([further], { before, refolded: ['failing'] })).newFailures).toEqual([
    { deployment: 'east', name: reboot.name, count: 1 },
    { deployment: 'east', name, count: 1 },
  ])
  expect((await write([first], { before, refolded: ['failing'] })).newFailures).toEqual([])
})

test.each<[string, string, readonly Lifecycle[]]>([
  ['inserted', 'inserted-concurrently', []],
  ['advanced', 'advanced-concurrently', [lifecycle('advanced-concurrently', 50)]],
])('nothing is written if another process %s the lifecycle meanwhile', async (_, instance, before) => {
  const none = { timings: [], launches: [], deletes: [], exists: [], operations: [], failures: [] }
  await write([{ ...fold(instance, 100), ...none }])
  const conflict = write([fold(`beside-${instance}`, 100), fold(instance, 200)], { before })
  await expect(conflict).rejects.toThrow(ConcurrentFold)
  expect(await positionOf(instance)).toEqual([100])
  for (const name of [instance, `beside-${instance}`]) expect(Object.values(await idsOf(name)).flat()).toEqual([])
  expect(await positionOf(`beside-${instance}`)).toEqual([])
})
