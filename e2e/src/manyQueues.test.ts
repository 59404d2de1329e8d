import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { captured, deploymentEntry, everyAggregate, exchangeTypes, publish, type TestProcess } from '@stacktach/testing'
import { type Pipeline, receivedBy, startPipeline } from './pipeline.ts'

const messages = captured('nova_both_failures')

/** Queues that share the notifications of nova, each with its own ingest process. */
const QUEUES = ['stacktach_nova_1', 'stacktach_nova_2', 'stacktach_nova_3']

const HASH_EXCHANGE = 'stacktach_nova_shared'

/** The aggregates when all messages are in one queue. */
async function aggregatesOfOneQueue(): Promise<unknown> {
  const pipeline = await startPipeline(['east'])
  try {
    await Promise.all([pipeline.start('ingest'), pipeline.start('jobs')])
    await publish(pipeline.vhost, messages)
    await pipeline.settled(messages.length)
    return await everyAggregate(pipeline.database)
  } finally {
    await pipeline.stop()
  }
}

/** A plugin provides this type of exchange, and an external broker may not have the plugin. */
const withPlugin = (await exchangeTypes()).includes('x-consistent-hash') ? describe : describe.skip

withPlugin('quorum queues behind a consistent hash exchange', () => {
  let pipeline: Pipeline
  let expected: unknown

  beforeAll(async () => {
    expected = await aggregatesOfOneQueue()
    pipeline = await startPipeline(['east'])
    const connection = await pipeline.vhost.connect()
    const channel = await connection.createChannel()
    await channel.assertExchange('nova', 'topic', { durable: true })
    // The message id differs between messages, and the broker can read it.
    await channel.assertExchange(HASH_EXCHANGE, 'x-consistent-hash', {
      durable: true,
      arguments: { 'hash-property': 'message_id' },
    })
    await channel.bindExchange(HASH_EXCHANGE, 'nova', '#')
    await connection.close()
  }, 60_000)

  afterAll(() => pipeline.stop())

  test('give the same aggregates as one queue, with the messages spread over processes', async () => {
    const ingests: TestProcess[] = []
    for (const queue of QUEUES) {
      const entry = deploymentEntry('east', new URL(pipeline.vhost.url), {
        nova: [{ queue, routing_key: '1', from: HASH_EXCHANGE }],
      })
      const quorum = { ...entry, queue_arguments: { 'x-queue-type': 'quorum' } }
      await writeFile(pipeline.deploymentsFile, JSON.stringify({ deployments: [quorum] }))
      // The process has read the file when it consumes.
      ingests.push(await pipeline.start('ingest'))
    }
    await pipeline.start('jobs')
    const connection = await pipeline.vhost.connect()
    const channel = await connection.createConfirmChannel()
    for (const [index, { exchange, routing_key, body }] of messages.entries()) {
      channel.publish(exchange, routing_key, body, { persistent: true, messageId: String(index) })
    }
    await channel.waitForConfirms()
    await connection.close()
    await pipeline.settled(messages.length)
    expect(await everyAggregate(pipeline.database)).toEqual(expected)
    const shares = ingests.map(receivedBy)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(messages.length)
    expect(shares.filter((share) => share > 0)).toHaveLength(QUEUES.length)
  })
})
