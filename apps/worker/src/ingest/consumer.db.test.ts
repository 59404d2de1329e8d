import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { closeQuietly, queueDepths } from '@stacktach/broker'
import { type Database, migrate, openDatabase, Partitions } from '@stacktach/db'
import type { Message, Parsed } from '@stacktach/ingestion'
import { createLogger } from '@stacktach/runtime'
import { createTestDatabase, createTestVhost, type Detour, detour, publish } from '@stacktach/testing'
import type { Channel, ChannelModel } from 'amqplib'
import { deploymentOf, QUEUE } from '../testkit/deploymentOf.ts'
import { BatchStore } from './batchStore.ts'
import { connectWithRecovery } from './connectWithRecovery.ts'
import { QueueConsumer } from './consumer.ts'
import { Topology } from './topology.ts'

/** 2026-11-24 00:00:00 */
const now = 1_795_478_400_000_000

const EXCHANGE = 'nova'
const BATCH_SIZE = 10
const PREFETCH = 30
const TIMEOUT_MS = 20_000

type Store = (messages: Parsed<Message>[]) => Promise<void>

let vhost: Awaited<ReturnType<typeof createTestVhost>>
let testDatabase: Awaited<ReturnType<typeof createTestDatabase>>
let database: Database
/** The broker as the consumer reaches it. */
let network: Detour
/** The test's own connection to the broker. */
let connection: ChannelModel
/** Closes what a test started. */
let cleanUp: (() => Promise<unknown>)[]

beforeEach(async () => {
  cleanUp = []
  vhost = await createTestVhost()
  testDatabase = await createTestDatabase(migrate)
  database = openDatabase({ url: testDatabase.url, applicationName: 'consumer', size: 4 })
  network = await detour(vhost.url)
  await network.open()
  connection = await vhost.connect()
})

afterEach(async () => {
  for (const close of cleanUp) await close()
  await connection.close()
  await network.shut()
  await database.close()
  await testDatabase.drop()
  await vhost.drop()
})

/** Starts a consumer whose batches are stored in the database, by `around` when it is given. */
async function startConsumer(around: (store: Store) => Store = (store) => store) {
  const deployment = deploymentOf(network.url)
  const logger = createLogger('test', 'silent')
  const consuming: boolean[] = []
  const counts = { received: 0 }
  const channels: Channel[] = []
  const batchStore = new BatchStore({
    database,
    partitions: new Partitions(database.pool, 7),
    wakeUps: { enqueue: () => {} },
    deployment: deployment.name,
    shards: 8,
    metrics: () => ({ committed: () => {}, failed: () => {} }),
    clock: () => now,
    stopping: new AbortController().signal,
    logger,
  })
  const topology = new Topology(deployment, logger)
  const consumer = new QueueConsumer({
    group: { exchanges: [EXCHANGE], queues: [QUEUE] },
    prefetch: PREFETCH,
    reading: { maxBody: 1_048_576, rules: 'today', controlExchanges: ['openstack'] },
    exchangeOf: (_, delivered) => delivered,
    limits: { count: BATCH_SIZE, bytes: 1_000_000, lingerMs: 5 },
    declare: (model) => topology.declare(model, [EXCHANGE]),
    store: around((messages) => batchStore.store(messages)),
    databaseAvailable: async () => {},
    metrics: () => ({
      received: () => {
        counts.received++
      },
      consuming: (value) => consuming.push(value),
    }),
    onConsumeError: () => {},
    logger,
  })
  const model = await connectWithRecovery(
    deployment,
    async (opened) => {
      const createChannel = opened.createChannel.bind(opened)
      opened.createChannel = async () => {
        const channel = await createChannel()
        channels.push(channel)
        return channel
      }
      await consumer.consume(opened)
    },
    () => {},
    logger,
  )
  cleanUp.push(
    () => consumer.stop(),
    () => closeQuietly(() => model.close()),
  )
  await until(() => consuming.at(-1) === true)
  return { consumer, consuming, counts, channels }
}

async function publishMessages(first: number, count: number): Promise<void> {
  await publish(
    vhost,
    Array.from({ length: count }, (_, index) => ({
      exchange: EXCHANGE,
      routing_key: 'notifications.info',
      body: Buffer.from(
        JSON.stringify({
          event_type: 'compute.instance.update',
          publisher_id: 'compute.host',
          message_id: `m${first + index}`,
          timestamp: '2026-11-23 20:05:38',
          payload: { instance_id: 'i' },
        }),
      ),
    })),
  )
}

async function storedMessages(): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>('select count(*)::int from notification_nova')
  return rows[0]?.count ?? 0
}

async function depth(): Promise<{ messages: number; consumers: number } | null> {
  return (await queueDepths(connection, [QUEUE])).get(QUEUE) ?? null
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`timeout: ${condition}`)
    await sleep(20)
  }
}

test('a queue that is deleted is declared and consumed again', async () => {
  const { consuming } = await startConsumer()
  await publishMessages(0, 5)
  await until(async () => (await storedMessages()) === 5)
  const channel = await connection.createChannel()
  await channel.deleteQueue(QUEUE)
  await until(() => consuming.length === 3)
  expect(consuming).toEqual([true, false, true])
  await publishMessages(5, 5)
  await until(async () => (await storedMessages()) === 10)
})

test('a channel error ends the channel only, and the queue is consumed on a new one', async () => {
  const { consuming, channels } = await startConsumer()
  // The broker closes a channel on which a missing queue is checked.
  await channels
    .at(-1)
    ?.checkQueue('missing')
    .catch(() => {})
  await until(() => consuming.length === 3)
  expect(consuming).toEqual([true, false, true])
  await publishMessages(0, 25)
  await until(async () => (await storedMessages()) === 25)
  await until(async () => (await depth())?.messages === 0)
})

test('after a lost connection, unacknowledged messages are redelivered and stored once', async () => {
  const release: (() => void)[] = []
  let blocked = true
  const { consuming, counts } = await startConsumer((store) => async (messages) => {
    if (blocked) await new Promise<void>((resolve) => release.push(resolve))
    await store(messages)
  })
  await publishMessages(0, 40)
  await until(() => release.length === 2)
  network.cut()
  await until(() => consuming.at(-1) === false)
  // These batches are committed, but their channel is gone.
  blocked = false
  for (const resolve of release) resolve()
  await until(async () => (await storedMessages()) === 40 && consuming.at(-1) === true)
  await until(() => counts.received >= 40 + 2 * BATCH_SIZE)
  await until(async () => (await depth())?.messages === 0)
  expect(await storedMessages()).toBe(40)
})

test('when a batch cannot be stored, nothing is acknowledged; all messages are redelivered and stored once', async () => {
  let failing = true
  const { consuming, counts } = await startConsumer((store) => async (messages) => {
    if (failing) throw new Error('cannot store')
    await store(messages)
  })
  await publishMessages(0, 20)
  await until(async () => consuming.at(-1) === false && (await depth())?.messages === 20)
  expect(await storedMessages()).toBe(0)
  failing = false
  await until(async () => (await storedMessages()) === 20)
  await until(async () => (await depth())?.messages === 0)
  expect(counts.received).toBeGreaterThan(20)
  expect(await storedMessages()).toBe(20)
})

test('a stop stores and acknowledges the received messages; the rest stays in the queue', async () => {
  const release: (() => void)[] = []
  const { consumer, consuming, counts } = await startConsumer((store) => async (messages) => {
    if (release.length < 2) await new Promise<void>((resolve) => release.push(resolve))
    await store(messages)
  })
  await publishMessages(0, 50)
  await until(() => release.length === 2 && counts.received === PREFETCH)
  const stopped = consumer.stop()
  await sleep(50)
  expect(await storedMessages()).toBe(0)
  for (const resolve of release) resolve()
  await stopped
  expect(consuming).toEqual([true, false])
  expect(counts.received).toBe(PREFETCH)
  expect(await storedMessages()).toBe(PREFETCH)
  await until(async () => (await depth())?.messages === 50 - PREFETCH)
  expect(await depth()).toEqual({ messages: 50 - PREFETCH, consumers: 0 })
})

test('a stop while nothing can be stored leaves all messages in the queue', async () => {
  const fail: (() => void)[] = []
  const { consumer } = await startConsumer(
    () => () => new Promise((_, reject) => fail.push(() => reject(new Error('cannot store')))),
  )
  await publishMessages(0, 15)
  await until(() => fail.length === 2)
  const stopped = consumer.stop()
  for (const reject of fail) reject()
  await stopped
  await until(async () => (await depth())?.messages === 15)
  expect(await depth()).toEqual({ messages: 15, consumers: 0 })
  expect(await storedMessages()).toBe(0)
})
