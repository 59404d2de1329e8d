import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, deploymentId, migrate, openDatabase, Partitions } from '@stacktach/db'
import { type Rules, serviceOf } from '@stacktach/domain'
import { Doorbell, Producer } from '@stacktach/jobs'
import { createLogger } from '@stacktach/runtime'
import { captured, createTestDatabase, dropRedisKeys, services, type TestDatabase } from '@stacktach/testing'
import type { Message } from '../ingest/message.ts'
import { storeMessages } from '../ingest/storeMessages.ts'
import type { JobContext } from './context.ts'
import { kpi } from './kpi.ts'
import { usage } from './usage.ts'

const SHARDS = 2

/** A stream of both formats, and glance's. */
const stream: Message[] = [
  ...captured('nova_both'),
  ...captured('glance_messagingv2'),
  imageExists('day'),
  imageExists('night'),
].map(({ exchange, routing_key, body }) => ({ exchange, routingKey: routing_key, body }))

/** What glance of today no longer sends: the images that a tenant had, here those of the captured stream. */
function imageExists(name: string) {
  const images = captured('glance_messagingv2').flatMap(({ body }) => {
    const { event_type, payload } = JSON.parse(JSON.parse(body.toString())['oslo.message'])
    return event_type === 'image.activate' ? [{ ...payload, deleted_at: payload.created_at }] : []
  })
  const payload = { images, audit_period_beginning: '2026-11-23 00:00:00', audit_period_ending: '2026-11-24 00:00:00' }
  const timestamp = name === 'day' ? '2026-11-23 20:24:16' : '2026-11-24 00:10:00'
  const notification = { event_type: 'image.exists', publisher_id: 'image.host', message_id: name, timestamp, payload }
  return { exchange: 'glance', routing_key: 'notifications.info', body: Buffer.from(JSON.stringify(notification)) }
}

/** Every aggregate, with message ids where the rows have ids of their own. */
const dumps = [
  `select l.instance, n.message_id, l.notification_when, l.state, l.task_state from lifecycle l
     join notification_nova n on n.id = l.notification_id`,
  `select t.instance, t.name, s.message_id as start, e.message_id as end, t.start_when, t.end_when, t.duration, t.counted,
          t.end_request_id, t.end_tenant
     from timing t left join notification_nova s on s.id = t.start_id left join notification_nova e on e.id = t.end_id`,
  `select r.request_id, n.message_id, r.start_when, r.event, r.instance, r.tenant, r.end_when, r.duration
     from request_tracker r join notification_nova n on n.id = r.start_id`,
  `select instance, request_id, launched_at, instance_type_id, instance_flavor_id, tenant, first_when from instance_launch`,
  `select instance, launched_at, deleted_at, payload_deleted_at from instance_delete`,
  `select e.message_id, e.instance, e.launched_at, e.deleted_at, e.audit_period_beginning, e.status,
          l.request_id as launch, d.deleted_at as delete
     from instance_exists e left join instance_launch l on l.id = e.launch_id left join instance_delete d on d.id = e.delete_id`,
  `select uuid, created_at, owner, size from image_usage`,
  `select uuid, deleted_at from image_delete`,
  `select e.message_id, e.uuid, e.created_at, e.deleted_at, u.uuid as usage, d.uuid as delete
     from image_exists e left join image_usage u on u.id = e.usage_id left join image_delete d on d.id = e.delete_id`,
]

async function aggregates({ pool }: Database): Promise<string[][]> {
  const rows = await Promise.all(dumps.map(async (sql) => (await pool.query(sql)).rows))
  return rows.map((table) => table.map((row) => JSON.stringify(row)).sort())
}

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
function random(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** The stream shuffled (over all of it, or only among neighbours), a fifth of it doubled, in batches of any size. */
function disturbed(seed: number): Message[][] {
  const next = random(seed)
  const reach = next() < 0.5 ? stream.length : 30
  const doubled = stream.flatMap((message) => (next() < 0.2 ? [message, message] : [message]))
  const shuffled = doubled
    .map((message, place) => ({ message, place: place + next() * reach }))
    .sort((a, b) => a.place - b.place)
    .map(({ message }) => message)
  const batches: Message[][] = []
  while (shuffled.length > 0) batches.push(shuffled.splice(0, 1 + Math.floor(next() * 120)))
  return batches
}

let producer: Producer

beforeAll(async () => {
  producer = new Producer(services().redisUrl, 'any-order', () => {})
  await producer.ready(5_000)
})

afterAll(async () => {
  await producer.close()
  await dropRedisKeys('any-order')
})

/** Stores the batches one after the other while folds go on beside them, then folds the rest. */
async function run(batches: readonly Message[][], rules: Rules, folders: number): Promise<string[][]> {
  const testDatabase: TestDatabase = await createTestDatabase(migrate)
  const database = openDatabase({ url: testDatabase.url, applicationName: 'any order' })
  const partitions = new Partitions(database.pool, 7)
  const context: JobContext = {
    database,
    partitions,
    producer,
    doorbell: new Doorbell(producer, () => {}),
    rules,
    shards: SHARDS,
    clock: () => Date.now() * 1000,
    stopping: new AbortController().signal,
    logger: createLogger('test', 'silent'),
  }
  const foldAll = async () => {
    const shards = Array.from({ length: SHARDS }, (_, shard) => ({ shard }))
    await Promise.all(shards.map((shard) => usage(context, shard)))
    await Promise.all(shards.map((shard) => kpi(context, shard)))
  }
  let storing = true
  const folding = Array.from({ length: folders }, async () => {
    while (storing) await foldAll()
  })
  const id = await deploymentId(database.pool, 'captured')
  for (const batch of batches) {
    for (const exchange of ['nova', 'glance']) {
      const messages = batch.filter((message) => message.exchange === exchange)
      const destination = {
        deployment: 'captured',
        deploymentId: id,
        service: serviceOf(exchange),
        shards: SHARDS,
        maxBody: 1e6,
      }
      await storeMessages(database, partitions, destination, messages, Date.now() * 1000)
    }
  }
  storing = false
  await Promise.all(folding)
  await foldAll()
  const found = await aggregates(database)
  await context.doorbell.settled()
  await database.close()
  await testDatabase.drop()
  return found
}

describe.each(['today', 'stacktach'] as const)('under the rules of %s', (rules) => {
  let quiet: string[][]

  beforeAll(async () => {
    quiet = await run([stream], rules, 0)
  })

  test('the ordered stream gives rows of every kind', () => {
    expect(quiet.map((rows) => rows.length > 0)).toEqual(dumps.map(() => true))
  })

  test.each([1, 2, 3, 4, 5, 6])(
    'shuffled, doubled, in other batches and with folds in between (seed %i): the same rows',
    async (seed) => {
      expect(await run(disturbed(seed), rules, 1 + (seed % 2))).toEqual(quiet)
    },
  )
})
