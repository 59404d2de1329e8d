import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { type Database, migrate, openDatabase, removeRejected } from '@stacktach/db'
import { Producer, type Progress } from '@stacktach/jobs'
import { createTestDatabase, dropRedisKeys, services, type TestDatabase } from '@stacktach/testing'
import { testContext } from '../../testkit/jobContext.ts'
import type { JobContext } from '../context.ts'
import { replayRejected } from './replayRejected.ts'

/** 2026-11-24 00:00:00 */
const now = 1_795_478_400_000_000

let testDatabase: TestDatabase
let database: Database
let context: JobContext
let producer: Producer

const prefix = `replay_${randomBytes(8).toString('hex')}`

beforeAll(() => {
  producer = new Producer(services().redisUrl, prefix, () => {})
})

afterAll(async () => {
  await producer.close()
  await dropRedisKeys(prefix)
})

beforeEach(async () => {
  testDatabase = await createTestDatabase(migrate)
  database = openDatabase({ url: testDatabase.url, applicationName: 'replay', size: 6 })
  context = testContext(database, producer, { partitionDays: 7, shards: 8, clock: () => now })
})

afterEach(async () => {
  await context.wakeUps.flushed()
  await database.close()
  await testDatabase.drop()
})

/** Progress that records the reported values. */
function recordedProgress(previous: unknown = 0): Progress & { values: Record<string, number | string>[] } {
  const values: Record<string, number | string>[] = []
  return {
    previous,
    values,
    report: async (value) => {
      values.push(value)
    },
  }
}

/** Stores `number` rejected messages of three exchanges in turn; every tenth is still invalid. */
async function reject(number: number): Promise<void> {
  await database.pool.query(
    `insert into rejected_message (deployment, exchange, routing_key, reason, detail, body, body_size, body_sha256, received_at)
     select 'cloud', (array['nova', 'glance', 'neutron'])[n % 3 + 1], 'notifications.info', 'no time', 'old', body,
            octet_length(body), n, 1
       from generate_series(1, $1::int) as n,
            lateral (select convert_to(json_build_object('event_type', 'e', 'publisher_id', 'p.h', 'message_id', 'm' || n,
                       'timestamp', case when n % 10 = 0 then 'never' else '2026-11-23 20:05:38' end)::text, 'utf8') as body) as b`,
    [number],
  )
}

async function ids(sql: string): Promise<number[]> {
  const { rows } = await database.pool.query<{ id: number }>(sql)
  return rows.map(({ id }) => id).sort((a, b) => a - b)
}

const stored = () =>
  ids(`select substr(message_id, 2)::int as id
         from (select message_id from notification_nova union all select message_id from notification_glance
               union all select message_id from notification_generic) as notification`)

const stillRejected = () => ids('select id::int from rejected_message')

const upTo = (number: number) => Array.from({ length: number }, (_, index) => index + 1)
const isInvalid = (id: number) => id % 10 === 0

test('valid messages are stored in the tables of their services; invalid ones get their new reason', async () => {
  await reject(1_200)
  const progress = recordedProgress()
  expect(await replayRejected(context, { ids: null }, progress)).toEqual({
    stored: 1_080,
    duplicates: 0,
    rejected: 120,
    truncated: 0,
  })
  expect(progress.values.map(({ after }) => after)).toEqual([500, 1_000, 1_200])
  expect(await stored()).toEqual(upTo(1_200).filter((id) => !isInvalid(id)))
  expect(await stillRejected()).toEqual(upTo(1_200).filter(isInvalid))
  const { rows } = await database.pool.query('select distinct reason, detail, received_at::int from rejected_message')
  expect(rows).toEqual([{ reason: 'no time', detail: expect.stringContaining('never'), received_at: 1 }])
  expect(await replayRejected(context, { ids: null }, recordedProgress())).toMatchObject({ stored: 0, rejected: 120 })
})

test('with two concurrent replays and a concurrent deletion, no message is stored twice, and no deleted one is stored', async () => {
  await reject(2_000)
  let deletedIds: number[] = []
  const drop = async () => {
    const selected = upTo(2_000).filter((id) => id % 7 === 0)
    for (let from = 0; from < selected.length; from += 20) {
      deletedIds = [...deletedIds, ...(await removeRejected(database.pool, selected.slice(from, from + 20)))]
    }
  }
  await Promise.all([
    replayRejected(context, { ids: null }, recordedProgress()),
    replayRejected(context, { ids: null }, recordedProgress()),
    drop(),
  ])
  expect(deletedIds.length).toBeGreaterThan(0)
  const deleted = new Set(deletedIds)
  expect(await stored()).toEqual(upTo(2_000).filter((id) => !isInvalid(id) && !deleted.has(id)))
  expect(await stillRejected()).toEqual(upTo(2_000).filter((id) => isInvalid(id) && !deleted.has(id)))
})

test('a message that PostgreSQL refuses stays; the others are stored', async () => {
  await reject(40)
  await database.pool.query(`alter table notification_nova add constraint refuse_m12 check (message_id <> 'm12')`)
  expect(await replayRejected(context, { ids: null }, recordedProgress())).toMatchObject({ stored: 35, rejected: 5 })
  expect(await stillRejected()).toEqual([10, 12, 20, 30, 40])
  const { rows } = await database.pool.query('select reason from rejected_message where id = 12')
  expect(rows).toEqual([{ reason: 'refused by the database' }])
})

test('a retry resumes after the last batch of the previous attempt, with its counts', async () => {
  await reject(30)
  const previous = { after: 20, stored: 15, duplicates: 3, rejected: 2, truncated: 0 }
  expect(await replayRejected(context, { ids: null }, recordedProgress(previous))).toEqual({
    stored: 24,
    duplicates: 3,
    rejected: 3,
    truncated: 0,
  })
  expect(await stillRejected()).toEqual([...upTo(20), 30])
})

test('a stopping process fails the attempt; the messages stay', async () => {
  await reject(3)
  await expect(
    replayRejected({ ...context, stopping: AbortSignal.abort() }, { ids: null }, recordedProgress()),
  ).rejects.toThrow('the next attempt resumes')
  expect(await stillRejected()).toEqual([1, 2, 3])
})
