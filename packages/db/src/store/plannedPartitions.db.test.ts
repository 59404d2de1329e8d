import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { DAY, type InstanceNotification, parseInstant } from '@stacktach/domain'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import type pg from 'pg'
import { type Database, openDatabase } from '../connection/open.ts'
import { claimInstances } from '../fold/claim.ts'
import { readCounterparts, readHistories } from '../fold/foldState.ts'
import { readRequestStarts } from '../fold/trackers.ts'
import { migrate } from '../migrate.ts'
import { storeMessages, type TestMessage } from '../testkit/storeTestMessages.ts'
import { Partitions } from './partitions.ts'

const day = parseInstant('2026-11-20 00:00:00') ?? 0

const PARTITIONS = 40

let testDatabase: TestDatabase
let database: Database
let client: pg.PoolClient
let plannedPartitions: Set<string>

beforeEach(async () => {
  testDatabase = await createTestDatabase(migrate)
  database = openDatabase({ url: testDatabase.url, applicationName: 'test', size: 2 })
  const days = Array.from({ length: PARTITIONS }, (_, index) => day - index * DAY)
  await new Partitions(database.pool, 1).ensure('nova', days)
  client = await database.pool.connect()
  plannedPartitions = new Set()
})

afterEach(async () => {
  client.release()
  await database.close()
  await testDatabase.drop()
})

/** Runs statements and records the partitions in their plans. */
const explainingClient = {
  async query(text: string, values: unknown[]) {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values)
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    for (const [name] of plan.matchAll(/notification_nova_\d+_1d/g)) plannedPartitions.add(name)
    return client.query(text, values)
  },
} as unknown as pg.PoolClient

test('the plans of a fold contain only the partitions that it reads', async () => {
  const update = 'compute.instance.update'
  const created = { event: 'compute.instance.create.end', request: 'req-2' }
  const messages: TestMessage[] = [
    { at: day, event: update },
    { at: day + 1, ...created },
    { at: day + 2, ...created, versioned: true },
    { at: day + 3, event: 'compute.instance.exists', request: 'req-3' },
  ]
  await storeMessages(database, messages)
  const { items, full } = await claimInstances(explainingClient, 0, 1_000, '')
  expect(items).toHaveLength(messages.length)
  expect(full).toBe(false)
  expect(await readCounterparts(explainingClient, items)).toHaveLength(4)
  expect(await readHistories(explainingClient, ['i1'])).toHaveLength(messages.length)
  expect((await readRequestStarts(explainingClient, ['req-1', 'req-2'], 'today')).size).toBe(2)
  // The counterpart of an exists is searched within a day before and after it.
  expect([...plannedPartitions].sort()).toEqual(['notification_nova_20261119_1d', 'notification_nova_20261120_1d'])
})

test('a claim is full if there may be more rows', async () => {
  await storeMessages(database, [
    { at: day, event: 'compute.instance.update' },
    { at: day + 1, event: 'compute.instance.update' },
  ])
  const first = await claimInstances(client, 0, 1, '')
  expect([first.items.length, first.full]).toEqual([1, true])
  const second: { items: InstanceNotification[]; full: boolean } = await claimInstances(client, 0, 2, '')
  expect([second.items.length, second.full]).toEqual([1, false])
})
