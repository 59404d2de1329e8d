import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { openPublisher } from '@stacktach/broker'
import { DAY, MINUTE, SECOND } from '@stacktach/domain'
import { createTestVhost, type TestVhost } from '@stacktach/testing'
import type { ChannelModel } from 'amqplib'
import { countRows, foldAll, type JobStack, openStack, storeRows } from '../../testkit/jobStack.ts'
import { MONDAY, novaRow } from '../../testkit/notifications.ts'
import type { JobContext, Publishing } from '../context.ts'
import { publishVerified } from './publishVerified.ts'
import { verifyNova } from './verify.ts'

const EXCHANGE = 'verified'
const QUEUE = 'billing'
const EVENT = 'compute.instance.exists.verified'

let stack: JobStack
let context: JobContext
let vhost: TestVhost
let connection: ChannelModel

beforeEach(async () => {
  vhost = await createTestVhost()
  connection = await vhost.connect()
  stack = await openStack()
  const publishing: Publishing = {
    url: vhost.url,
    exchange: EXCHANGE,
    routingKeys: ['notifications.info'],
    events: { nova: EVENT, glance: 'image.exists.verified' },
  }
  context = { ...stack.context, publishing, clock: () => MONDAY + DAY + 10 * MINUTE }
})

afterEach(async () => {
  await stack.close()
  await connection.close()
  await vhost.drop()
})

/** Fills the outbox with the exists of `count` instances. */
async function fillOutbox(count: number): Promise<void> {
  const facts = { launchedAt: MONDAY, instanceFlavorId: 'small' }
  const period = { auditPeriodBeginning: MONDAY, auditPeriodEnding: MONDAY + DAY }
  const rows = Array.from({ length: count }, (_, index) => [
    novaRow(`server-${index}`, 'create.end', MONDAY + SECOND, { requestId: `req-${index}` }, facts),
    novaRow(`server-${index}`, 'exists', MONDAY + DAY, {}, { ...facts, ...period }),
  ])
  await storeRows(stack, rows.flat())
  await foldAll(stack)
  expect(await verifyNova(context, { range: null, again: false })).toEqual({ verified: count, failed: 0 })
}

async function bindQueue(options: Record<string, unknown> = {}): Promise<void> {
  const channel = await connection.createChannel()
  await channel.assertExchange(EXCHANGE, 'topic', { durable: true })
  await channel.assertQueue(QUEUE, { durable: true, arguments: options })
  await channel.bindQueue(QUEUE, EXCHANGE, 'notifications.info')
  await channel.close()
}

/** Removes all messages from the queue, and returns their message ids and bodies. */
async function readQueue(): Promise<{ messageId: string; body: unknown }[]> {
  const channel = await connection.createChannel()
  const messages: { messageId: string; body: unknown }[] = []
  for (;;) {
    const message = await channel.get(QUEUE, { noAck: true })
    if (message === false) break
    messages.push({ messageId: message.properties.messageId, body: JSON.parse(message.content.toString()) })
  }
  await channel.close()
  return messages
}

/** Message ids of the outbox by send status, sorted. */
async function outbox(sendStatus: number): Promise<string[]> {
  const { rows } = await stack.database.pool.query<{ message_id: string }>(
    'select message_id::text from outbox where send_status = $1 order by 1',
    [sendStatus],
  )
  return rows.map(({ message_id }) => message_id)
}

/** A connection whose `send` is replaced. */
function publisherWith(
  send: (original: Awaited<ReturnType<typeof openPublisher>>['send']) => typeof original,
): typeof openPublisher {
  return async (options) => {
    const publisher = await openPublisher(options)
    return { ...publisher, send: send(publisher.send) }
  }
}

test('confirmed messages are marked as sent and not sent again', async () => {
  await bindQueue()
  await fillOutbox(3)
  expect(await publishVerified(context)).toEqual({ sent: 3, unroutable: 0 })
  const messages = await readQueue()
  expect(messages.map(({ messageId }) => messageId).sort()).toEqual(await outbox(201))
  for (const { messageId, body } of messages) {
    expect(body).toMatchObject({ event_type: EVENT, message_id: messageId, original_message_id: expect.any(String) })
  }
  expect(await countRows(stack, 'instance_exists where send_status = 201')).toBe(3)
  expect(await publishVerified(context)).toEqual({ sent: 0, unroutable: 0 })
  expect(await readQueue()).toEqual([])
})

test('more messages than one transaction claims are all sent', async () => {
  await bindQueue()
  await fillOutbox(250)
  expect(await publishVerified(context)).toEqual({ sent: 250, unroutable: 0 })
  expect(new Set((await readQueue()).map(({ messageId }) => messageId)).size).toBe(250)
})

test('unroutable messages stay unsent until a queue is bound', async () => {
  await fillOutbox(2)
  expect(await publishVerified(context)).toEqual({ sent: 0, unroutable: 2 })
  expect(await outbox(0)).toHaveLength(2)
  await bindQueue()
  expect(await publishVerified(context)).toEqual({ sent: 2, unroutable: 0 })
  expect(await outbox(0)).toEqual([])
  expect(await readQueue()).toHaveLength(2)
})

test('after a crash between confirm and commit, the same message ids are sent again', async () => {
  await bindQueue()
  await fillOutbox(2)
  const crashing = publisherWith((original) => async (messages) => {
    await original(messages)
    throw new Error('crash after the confirm')
  })
  await expect(publishVerified(context, crashing)).rejects.toThrow('crash after the confirm')
  const unsent = await outbox(0)
  expect(unsent).toHaveLength(2)
  expect(await publishVerified(context)).toEqual({ sent: 2, unroutable: 0 })
  const ids = (await readQueue()).map(({ messageId }) => messageId)
  expect(ids.sort()).toEqual([...unsent, ...unsent].sort())
})

test('messages that the broker rejects stay unsent', async () => {
  await bindQueue({ 'x-max-length': 1, 'x-overflow': 'reject-publish' })
  await fillOutbox(3)
  await expect(publishVerified(context)).rejects.toThrow('the broker rejected a message')
  expect(await outbox(0)).toHaveLength(3)
})

test('without a confirm, messages stay unsent', async () => {
  await bindQueue()
  await fillOutbox(1)
  const silent = publisherWith(() => async () => {
    throw new Error('the broker did not confirm the messages in time')
  })
  await expect(publishVerified(context, silent)).rejects.toThrow('did not confirm')
  expect(await outbox(0)).toHaveLength(1)
})

test('concurrent jobs send each message once', async () => {
  await bindQueue()
  await fillOutbox(250)
  const runs = await Promise.all([1, 2, 3].map(() => publishVerified(context)))
  expect(runs.reduce((sum, { sent }) => sum + sent, 0)).toBe(250)
  expect((await readQueue()).map(({ messageId }) => messageId).sort()).toEqual(await outbox(201))
})

test('an unavailable broker fails the job; the messages stay unsent', async () => {
  await fillOutbox(1)
  const publishing = context.publishing && { ...context.publishing, url: 'amqp://127.0.0.1:1' }
  await expect(publishVerified({ ...context, publishing })).rejects.toThrow('PUBLISH_URL is unavailable')
  expect(await outbox(0)).toHaveLength(1)
})
