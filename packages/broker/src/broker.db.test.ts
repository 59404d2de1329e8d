import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { createTestVhost, type TestVhost } from '@stacktach/testing'
import type { Channel, ChannelModel } from 'amqplib'
import { declareOrCheck, onChannel } from './declareOrCheck.ts'
import { openPublisher } from './openPublisher.ts'
import { queueDepths } from './queueDepths.ts'

let vhost: TestVhost
let connection: ChannelModel

beforeEach(async () => {
  vhost = await createTestVhost()
  connection = await vhost.connect()
})

afterEach(async () => {
  await connection.close()
  await vhost.drop()
})

const declareQueue = (durable: boolean) => (channel: Channel) => channel.assertQueue('queue', { durable })

test('a queue with other properties is used unchanged, and its mismatch is reported', async () => {
  const mismatches: string[] = []
  const declare = (durable: boolean) =>
    declareOrCheck(
      connection,
      declareQueue(durable),
      (channel) => channel.checkQueue('queue'),
      (reason) => mismatches.push(reason),
    )
  await declare(true)
  expect(mismatches).toEqual([])
  await declare(false)
  expect(mismatches).toEqual([expect.stringContaining('PRECONDITION_FAILED')])
})

test('depths of queues: null for a queue that does not exist', async () => {
  await onChannel(connection, async (channel) => {
    await channel.assertQueue('queue')
    channel.sendToQueue('queue', Buffer.from('1'))
  })
  let depths = await queueDepths(connection, ['missing', 'queue'])
  for (let attempt = 0; depths.get('queue')?.messages === 0 && attempt < 100; attempt++) {
    depths = await queueDepths(connection, ['missing', 'queue'])
  }
  expect([...depths]).toEqual([
    ['missing', null],
    ['queue', { messages: 1, consumers: 0 }],
  ])
})

test('a publisher returns the ids of unroutable messages, and delivers the others with every routing key', async () => {
  const publisher = await openPublisher({ url: vhost.url, exchange: 'out', routingKeys: ['a', 'b'] })
  const messages = [{ messageId: 'm1', body: '{}' }]
  const bind = (key: string) =>
    onChannel(connection, async (channel) => {
      await channel.assertQueue('queue')
      await channel.bindQueue('queue', 'out', key)
    })
  try {
    await bind('a')
    expect(await publisher.send(messages)).toEqual(new Set(['m1']))
    await bind('b')
    expect(await publisher.send(messages)).toEqual(new Set())
    expect((await queueDepths(connection, ['queue'])).get('queue')?.messages).toBe(3)
  } finally {
    await publisher.close()
  }
})

test('a broker that is unavailable is named by its variable', async () => {
  const options = { url: 'amqp://guest:guest@127.0.0.1:1', exchange: 'out', routingKeys: ['a'] }
  await expect(openPublisher(options)).rejects.toThrow('the broker of PUBLISH_URL is unavailable')
})
