import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { DAY, type InstanceNotification, parseInstant } from '@stacktach/domain'
import { createTestDatabase, type TestDatabase } from '@stacktach/testing'
import type pg from 'pg'
import { type Database, openDatabase } from '../connection/open.ts'
import { claimInstances } from '../fold/claim.ts'
import { readCounterparts, readHistories } from '../fold/foldState.ts'
import { readRequestStarts } from '../fold/trackers.ts'
import { migrate } from '../migrate.ts'
import { storeMessages, type ToldMessage } from '../testkit/storeTestMessages.ts'
import { Partitions } from './partitions.ts'

const day = parseInstant('2026-11-20 00:00:00') ?? 0

/** Days with a partition of their own. */
const DAYS = 40

let testDatabase: TestDatabase
let database: Database
let client: pg.PoolClient
let planned: Set<string>

beforeEach(async () => {
  testDatabase = await createTestDatabase(migrate)
  database = openDatabase({ url: testDatabase.url, applicationName: 'test', size: 2 })
  const days = Array.from({ length: DAYS }, (_, index) => day - index * DAY)
  await new Partitions(database.pool, 1).ensure('nova', days)
  client = await database.pool.connect()
  planned = new Set()
})

afterEach(async () => {
  client.release()
  await database.close()
  await testDatabase.drop()
})

/** Runs statements, and notes the partitions that the planner had to look at. */
const watched = {
  async query(text: string, values: unknown[]) {
    const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, values)
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    for (const [name] of plan.matchAll(/notification_nova_\d+_1d/g)) planned.add(name)
    return client.query(text, values)
  },
} as unknown as pg.PoolClient

test('a fold has the partitions planned that it reads, however many there are', async () => {
  const update = 'compute.instance.update'
  const created = { event: 'compute.instance.create.end', request: 'req-2' }
  const told: ToldMessage[] = [
    { at: day, event: update },
    { at: day + 1, ...created },
    { at: day + 2, ...created, versioned: true },
    { at: day + 3, event: 'compute.instance.exists', request: 'req-3' },
  ]
  await storeMessages(database, told)
  const { items, full } = await claimInstances(watched, 0, 1_000, '')
  expect(items).toHaveLength(told.length)
  expect(full).toBe(false)
  expect(await readCounterparts(watched, items)).toHaveLength(4)
  expect(await readHistories(watched, ['i1'])).toHaveLength(told.length)
  expect((await readRequestStarts(watched, ['req-1', 'req-2'], 'today')).size).toBe(2)
  // An exists looks for its counterpart a day around.
  expect([...planned].sort()).toEqual(['notification_nova_20261119_1d', 'notification_nova_20261120_1d'])
})

test('what is claimed is full when there may be more', async () => {
  await storeMessages(database, [
    { at: day, event: 'compute.instance.update' },
    { at: day + 1, event: 'compute.instance.update' },
  ])
  const first = await claimInstances(client, 0, 1, '')
  expect([first.items.length, first.full]).toEqual([1, true])
  const second: { items: InstanceNotification[]; full: boolean } = await claimInstances(client, 0, 2, '')
  expect([second.items.length, second.full]).toEqual([1, false])
})
