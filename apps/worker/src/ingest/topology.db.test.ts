import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { closeQuietly, connectToBroker, describeBrokerError, onChannel, queueDepths } from '@stacktach/broker'
import { createLogger } from '@stacktach/runtime'
import { createTestVhost, type TestVhost, transientRefusal } from '@stacktach/testing'
import type { ChannelModel } from 'amqplib'
import { deploymentOf, QUEUE } from '../testkit/deploymentOf.ts'
import { connectWithRecovery } from './connectWithRecovery.ts'
import { Topology, TransientQueueRefused } from './topology.ts'

let vhost: TestVhost
/** The test's own connection to the broker. */
let connection: ChannelModel
/** Closes what a test started. */
let cleanUp: (() => Promise<unknown>)[]
let warnings: { text: string; details: unknown }[]

const logger = createLogger('test', 'silent')

beforeEach(async () => {
  cleanUp = []
  warnings = []
  vhost = await createTestVhost()
  connection = await vhost.connect()
  logger.warn = (details: unknown, text?: string) => {
    warnings.push({ text: text ?? '', details })
  }
})

afterEach(async () => {
  for (const close of cleanUp) await close()
  await connection.close()
  await vhost.drop()
})

/** Whether a message that is published to nova's exchange arrives in the queue. */
async function isRouted(): Promise<boolean> {
  const channel = await connection.createConfirmChannel()
  let isReturned = false
  channel.on('return', () => {
    isReturned = true
  })
  channel.publish('nova', 'notifications.info', Buffer.from('{}'), { mandatory: true })
  await channel.waitForConfirms()
  await channel.close()
  return !isReturned
}

/** Declares the topology on a recovering connection; resolves when it is declared. */
async function declareWithRecovery(url: string, onError: (error: Error) => void): Promise<void> {
  const entry = deploymentOf(url, { durable_queue: false })
  const topology = new Topology(entry, logger)
  await new Promise<void>((resolve, reject) => {
    const setup = async (model: ChannelModel) => {
      await topology.declare(model, ['nova'])
      resolve()
    }
    connectWithRecovery(entry, setup, onError, logger).then(
      (model) => cleanUp.push(() => closeQuietly(() => model.close())),
      reject,
    )
  })
}

test('when the broker refuses transient queues, they are declared durable, with one warning', async () => {
  const broker = await transientRefusal(vhost.url)
  cleanUp.push(() => broker.close())
  const errors: Error[] = []
  await declareWithRecovery(broker.url, (error) => errors.push(error))
  expect(broker.refused()).toBe(1)
  expect(errors).toEqual([expect.any(TransientQueueRefused)])
  expect(warnings.filter(({ text }) => !text.startsWith('only .info'))).toEqual([
    {
      text: expect.stringContaining('the queues are declared durable: set "durable_queue": true'),
      details: { queue: QUEUE, reason: expect.stringContaining('transient_nonexcl_queues') },
    },
  ])
  // The queue is durable: declaring it so succeeds.
  await onChannel(connection, (channel) => channel.assertQueue(QUEUE, { durable: true }))
  expect(await isRouted()).toBe(true)
})

test('a transient queue of an older version of the broker is used unchanged', async () => {
  await onChannel(connection, (channel) => channel.assertQueue(QUEUE, { durable: false }))
  const broker = await transientRefusal(vhost.url)
  cleanUp.push(() => broker.close())
  await declareWithRecovery(broker.url, () => {})
  expect(warnings.map(({ text }) => text)).toEqual([
    expect.stringContaining('set "durable_queue": true'),
    'the queue exists with other properties and is used unchanged',
  ])
  expect(await isRouted()).toBe(true)
})

test('a transient quorum queue, which no version allows: the error says what to set', async () => {
  const quorum = { durable_queue: false, queue_arguments: { 'x-queue-type': 'quorum' } }
  const entry = deploymentOf(vhost.url, quorum)
  const error: unknown = await new Topology(entry, logger).declare(connection, ['nova']).catch((error) => error)
  if (!(error instanceof Error)) throw new Error('it was declared')
  expect(describeBrokerError(error, entry)).toContain('set "durable_queue": true in the deployments file')
})

test('when the broker closes the connection, its reason is thrown', async () => {
  const broker = await transientRefusal(vhost.url)
  cleanUp.push(() => broker.close())
  const entry = deploymentOf(broker.url)
  const model = await connectToBroker(entry, 1_000)
  await expect(onChannel(model, (channel) => channel.assertQueue('q', { durable: false }))).rejects.toMatchObject({
    code: 541,
    message: expect.stringContaining('INTERNAL_ERROR'),
  })
})

test('queues are bound again to an exchange that was deleted and redeclared', async () => {
  const topology = new Topology(deploymentOf(vhost.url), logger)
  await topology.declare(connection, ['nova'])
  expect(await topology.bind(connection)).toEqual([])
  expect(await isRouted()).toBe(true)

  await onChannel(connection, (channel) => channel.deleteExchange('nova'))
  expect(await topology.bind(connection)).toEqual([
    expect.objectContaining({ message: expect.stringContaining("no exchange 'nova'") }),
  ])
  await onChannel(connection, (channel) => channel.assertExchange('nova', 'topic', { durable: false }))
  expect(await isRouted()).toBe(false)
  expect(await topology.bind(connection)).toEqual([])
  expect(await isRouted()).toBe(true)
  expect((await queueDepths(connection, [QUEUE])).get(QUEUE)?.messages).toBe(2)
})
