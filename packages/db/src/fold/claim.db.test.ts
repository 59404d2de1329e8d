import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import type pg from 'pg'
import { type Database, openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'
import { inTransaction, type Queryable } from '../sql/transaction.ts'
import { storeMessages } from '../testkit/storeTestMessages.ts'
import { appendRequests, claimInstances, claimRequests, claimRest } from './claim.ts'
import { withShard, withShardWaiting } from './shardLock.ts'

/** 2026-11-20 00:00:00 */
const START = 1_795_132_800_000_000

let testDatabase: TestDatabase
let database: Database

beforeAll(async () => {
  testDatabase = await createTestDatabase(migrate)
  database = openDatabase({ url: testDatabase.url, applicationName: 'test', size: 6 })
})

afterAll(async () => {
  await database.close()
  await testDatabase.drop()
})

/** Each test uses its own shard of requests, so that no test sees the backlog of another one. */
let lastShard = 0
const newShard = () => ++lastShard

/** Adds requests to the backlog of a shard. */
async function addRequests(shard: number, keys: readonly string[]): Promise<void> {
  await database.pool.query(
    `insert into backlog (kind, key, "when", notification_id, shard)
     select 'request', key, 0, id, $1 from unnest($2::text[]) with ordinality as request(key, id)`,
    [shard, keys],
  )
}

const claimAll = (client: Queryable, shard: number) => claimRequests(client, shard, 100, '')

async function backendPid(client: pg.PoolClient): Promise<number | undefined> {
  return (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid
}

test('two claimers never get the same shard at the same time', async () => {
  const [shard, otherShard] = [newShard(), newShard()]
  await addRequests(shard, ['a'])
  await addRequests(otherShard, ['b'])
  const claim = await withShard(database.pool, 'kpi', shard, async (client) => {
    const own = await claimAll(client, shard)
    expect(await withShard(database.pool, 'kpi', shard, (other) => claimAll(other, shard))).toBeNull()
    expect(await withShard(database.pool, 'kpi', otherShard, (other) => claimAll(other, otherShard))).toEqual({
      items: ['b'],
      full: false,
    })
    return own
  })
  expect(claim).toEqual({ items: ['a'], full: false })
  expect(await withShard(database.pool, 'kpi', shard, (client) => claimAll(client, shard))).toEqual({
    items: [],
    full: false,
  })
})

test('the usage and the kpi fold of a shard do not exclude each other', async () => {
  const shard = newShard()
  const both = await withShard(database.pool, 'kpi', shard, () =>
    withShard(database.pool, 'usage', shard, async () => 'both'),
  )
  expect(both).toBe('both')
})

test('concurrent claimers that wait for the lock claim each row once', async () => {
  const shard = newShard()
  const keys = Array.from({ length: 12 }, (_, index) => `request-${String(index).padStart(2, '0')}`)
  await addRequests(shard, keys)
  const claims = await Promise.all(
    Array.from({ length: 5 }, () =>
      withShardWaiting(database.pool, 'kpi', shard, (client) => claimRequests(client, shard, 3, '')),
    ),
  )
  expect(claims.flatMap(({ items }) => items).sort()).toEqual(keys)
  expect(claims.filter(({ full }) => full)).toHaveLength(4)
})

test.each<[string, (client: pg.PoolClient) => Promise<unknown>]>([
  ['fails', () => Promise.reject(new Error('cannot fold'))],
  ['crashes', async (client) => database.pool.query('select pg_terminate_backend($1)', [await backendPid(client)])],
])('the rows of a claimer that %s are claimed again', async (_, stop) => {
  const shard = newShard()
  await addRequests(shard, ['a', 'b'])
  const failure = withShard(database.pool, 'kpi', shard, async (client) => {
    expect((await claimAll(client, shard)).items).toEqual(['a', 'b'])
    await stop(client)
  })
  await expect(failure).rejects.toThrow()
  const claim = await withShardWaiting(database.pool, 'kpi', shard, (client) => claimAll(client, shard))
  expect(claim.items).toEqual(['a', 'b'])
})

test('requests are claimed in the order of their keys, after a given key', async () => {
  const shard = newShard()
  await addRequests(shard, ['c', 'a', 'd', 'b'])
  await inTransaction(database.pool, async (client) => {
    expect(await claimRequests(client, shard, 2, 'a')).toEqual({ items: ['b', 'c'], full: true })
    expect(await claimRequests(client, shard, 2, 'c')).toEqual({ items: ['d'], full: false })
    expect(await claimRequests(client, shard, 2, '')).toEqual({ items: ['a'], full: false })
  })
})

test('two rows of one request count as two rows and are claimed as one request', async () => {
  const shard = newShard()
  await addRequests(shard, ['a', 'a', 'b'])
  await inTransaction(database.pool, async (client) => {
    expect(await claimRequests(client, shard, 2, '')).toEqual({ items: ['a'], full: true })
    expect(await claimRequests(client, shard, 2, '')).toEqual({ items: ['b'], full: false })
  })
})

test('a request that is added during its claim stays in the backlog', async () => {
  const append = () => inTransaction(database.pool, (client) => appendRequests(client, ['added'], 1))
  expect(await append()).toEqual([0])
  await withShard(database.pool, 'kpi', 0, async (client) => {
    expect((await claimAll(client, 0)).items).toContain('added')
    await append()
  })
  const { rows } = await database.pool.query<{ count: number }>(
    `select count(*)::int as count from backlog where kind = 'request' and key = 'added'`,
  )
  expect(rows).toEqual([{ count: 1 }])
})

test('instances are claimed in the order of their names, and each in the order of time', async () => {
  const event = 'compute.instance.update'
  // Stored in another order than that of their times.
  await storeMessages(database, [
    { at: START + 5, event, instance: 'order-b' },
    { at: START + 3, event, instance: 'order-a' },
    { at: START + 1, event, instance: 'order-a' },
    { at: START + 2, event, instance: 'order-a' },
    { at: START + 4, event, instance: 'order-c' },
  ])
  await inTransaction(database.pool, async (client) => {
    const claim = async (limit: number, after: string) => {
      const { items, full } = await claimInstances(client, 0, limit, after)
      return { items: items.map(({ instance, when }) => `${instance} ${when - START}`).sort(), full }
    }
    expect(await claim(2, '')).toEqual({ items: ['order-a 1', 'order-a 2'], full: true })
    expect(await claim(1, 'order-a')).toEqual({ items: ['order-b 5'], full: true })
    expect(await claim(1, '')).toEqual({ items: ['order-a 3'], full: true })
    await claimRest(client, 0, ['order-c'])
    expect(await claim(10, '')).toEqual({ items: [], full: false })
  })
})
