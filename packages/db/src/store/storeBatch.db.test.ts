import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { type NotificationRow, normalize } from '@stacktach/domain'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import { type Database, openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'
import { inTransaction, type Queryable } from '../sql/transaction.ts'
import { deploymentId } from './deployment.ts'
import { Partitions } from './partitions.ts'
import { storeBatch } from './storeBatch.ts'
import { type RejectedRow, storeRejected } from './storeRejected.ts'

const SHARDS = 4

let testDatabase: TestDatabase
let database: Database
let east: number

beforeEach(async () => {
  testDatabase = await createTestDatabase(migrate)
  database = openDatabase({ url: testDatabase.url, applicationName: 'test', size: 4 })
  east = await deploymentId(database.pool, 'east')
  await new Partitions(database.pool, 1).ensure('nova', [row('any').when])
})

afterEach(async () => {
  await database.close()
  await testDatabase.drop()
})

/** A notification of an instance; notifications with the same id are duplicates. */
function row(id: string, event = 'compute.instance.update', instance = 'i1'): NotificationRow {
  const body = JSON.stringify({
    event_type: event,
    publisher_id: 'compute.h1',
    message_id: id,
    timestamp: '2026-11-20 12:00:00.000001',
    _context_request_id: 'req-1',
    payload: { instance_id: instance },
  })
  const result = normalize({ service: 'nova', routingKey: 'notifications.info', body }, (text) => text)
  if (result.kind === 'rejected') throw new Error(result.detail)
  return result.row
}

const rejected = (name: string): RejectedRow => ({
  deployment: 'east',
  exchange: 'nova',
  routing_key: 'notifications.info',
  reason: 'not json',
  detail: 'the body is not JSON',
  body: Buffer.from(name),
  body_size: name.length,
  body_sha256: name,
  received_at: 1,
})

const store = (rows: readonly NotificationRow[], client: Queryable = database.pool, deployment = east) =>
  storeBatch(client, 'nova', deployment, rows, SHARDS)

/** Numbers of rows in all tables that storing writes, and whether the deployment has a last notification. */
async function counts() {
  const { rows } = await database.pool.query<Record<string, number | boolean>>(
    `select (select count(*)::int from notification_nova) as notifications,
            (select count(*)::int from backlog) as backlog,
            (select count(*)::int from notification_span) as spans,
            (select count(*)::int from event) as events,
            (select count(*)::int from host) as hosts,
            (select count(*)::int from rejected_message) as rejected,
            (select last_when is not null from deployment where name = 'east') as "hasLast"`,
  )
  return rows[0]
}

const empty = { notifications: 0, backlog: 0, spans: 0, events: 0, hosts: 0, rejected: 0, hasLast: false }

describe('duplicates', () => {
  test('within a batch are stored once', async () => {
    const result = await store([row('a'), row('b'), row('a')])
    expect(result.stored).toBe(2)
    expect(result.touched).toEqual([{ kind: 'instance', shard: expect.any(Number) }])
    expect(await counts()).toMatchObject({ notifications: 2, backlog: 2, events: 1, hosts: 1, hasLast: true })
  })

  test('of an earlier batch are not stored and cause no backlog', async () => {
    await store([row('a'), row('b')])
    await database.pool.query('delete from backlog')
    const before = await counts()
    expect(await store([row('b'), row('a')])).toEqual({ stored: 0, touched: [] })
    expect(await counts()).toEqual(before)
    expect((await store([row('b'), row('c')])).stored).toBe(1)
    expect(await counts()).toMatchObject({ notifications: 3, backlog: 1 })
  })

  test('are separate notifications if they come from different deployments', async () => {
    const west = await deploymentId(database.pool, 'west')
    expect((await store([row('a')])).stored).toBe(1)
    expect((await store([row('a')], database.pool, west)).stored).toBe(1)
    expect(await counts()).toMatchObject({ notifications: 2 })
  })
})

test('concurrent batches with the same messages in different orders store each message once, without a deadlock', async () => {
  const BATCHES = 4
  const ROUNDS = 5
  for (let round = 0; round < ROUNDS; round++) {
    const rows = Array.from({ length: 100 }, (_, index) => row(`${round}-${index}`, `event.${index}`, `i${index % 7}`))
    const results = await Promise.all(
      Array.from({ length: BATCHES }, (_, index) =>
        inTransaction(database.pool, (client) => store(index % 2 === 0 ? rows : rows.toReversed(), client)),
      ),
    )
    expect(results.reduce((sum, { stored }) => sum + stored, 0)).toBe(rows.length)
  }
  expect(await counts()).toMatchObject({ notifications: ROUNDS * 100, backlog: ROUNDS * 100, events: 100, hosts: 1 })
})

/** Waits until a statement of this database waits for a lock. */
async function untilBlocked(): Promise<void> {
  for (;;) {
    const { rows } = await database.pool.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
    if (rows.length > 0) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('rows are inserted in the order of their keys, so that a blocked batch does not block the other one', async () => {
  const first = await database.pool.connect()
  await first.query('begin')
  await store([row('m')], first)
  const second = store([row('z'), row('m'), row('a')])
  await untilBlocked()
  // The blocked batch has inserted `a`, but not `z` yet.
  expect((await store([row('z')], first)).stored).toBe(1)
  await first.query('commit')
  first.release()
  expect((await second).stored).toBe(1)
  expect(await counts()).toMatchObject({ notifications: 3 })
})

test('a batch waits for a concurrent one with the same message and does not store it again', async () => {
  const first = await database.pool.connect()
  await first.query('begin')
  expect((await store([row('a')], first)).stored).toBe(1)
  const second = store([row('a'), row('b')])
  await untilBlocked()
  await first.query('commit')
  first.release()
  expect((await second).stored).toBe(1)
  expect(await counts()).toMatchObject({ notifications: 2 })
})

test('a message of a rolled back batch is stored by a concurrent one', async () => {
  const first = await database.pool.connect()
  await first.query('begin')
  await store([row('a')], first)
  const second = store([row('a')])
  await untilBlocked()
  await first.query('rollback')
  first.release()
  expect((await second).stored).toBe(1)
  expect(await counts()).toMatchObject({ notifications: 1, backlog: 1 })
})

describe('a batch with a rejected message', () => {
  test('stores the notifications and the rejected message in one transaction', async () => {
    const storeAll = () =>
      inTransaction(database.pool, async (client) => {
        const { stored } = await store([row('a'), row('b')], client)
        return { stored, rejected: await storeRejected(client, [rejected('x')]) }
      })
    expect(await storeAll()).toEqual({ stored: 2, rejected: 1 })
    // The broker redelivers the batch if ingest was killed before it acknowledged it.
    expect(await storeAll()).toEqual({ stored: 0, rejected: 0 })
    expect(await counts()).toMatchObject({ notifications: 2, rejected: 1 })
  })

  test('stores nothing if PostgreSQL refuses one notification', async () => {
    // Every known message that normalization accepts can be stored, so a constraint simulates an unexpected error.
    await database.pool.query(`alter table notification_nova add constraint refusing check (event <> 'refused')`)
    await expect(store([row('a'), row('b', 'refused'), row('c')])).rejects.toThrow('refusing')
    expect(await counts()).toEqual(empty)
  })
})

test('nothing is stored when the transaction fails', async () => {
  const failure = inTransaction(database.pool, async (client) => {
    expect((await store([row('a'), row('b')], client)).stored).toBe(2)
    await storeRejected(client, [rejected('x')])
    throw new Error('cannot commit')
  })
  await expect(failure).rejects.toThrow('cannot commit')
  expect(await counts()).toEqual(empty)
  expect((await store([row('a'), row('b')])).stored).toBe(2)
})

test('an empty batch does nothing', async () => {
  expect(await store([])).toEqual({ stored: 0, touched: [] })
  expect(await counts()).toEqual(empty)
})
