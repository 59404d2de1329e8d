import { writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { captured, deploymentEntry, everyAggregate, exchangeTypes, publish, type TestProcess } from '@stacktach/testing'
import { type Pipeline, receivedBy, startPipeline } from './pipeline.ts'

const messages = captured('nova_both_failures')

/** Queues that share the notifications of nova, each with an ingest process of its own. */
const QUEUES = ['stacktach_nova_1', 'stacktach_nova_2', 'stacktach_nova_3']

const HASH = 'stacktach_nova_shared'

async function oneQueue(): Promise<unknown> {
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

/** The exchange is a plugin's, which a broker of somebody's own need not have. */
const withPlugin = (await exchangeTypes()).includes('x-consistent-hash') ? describe : describe.skip

withPlugin('quorum queues behind a consistent hash exchange', () => {
  let pipeline: Pipeline
  let inOneQueue: unknown

  beforeAll(async () => {
    inOneQueue = await oneQueue()
    pipeline = await startPipeline(['east'])
    const connection = await pipeline.vhost.connect()
    const channel = await connection.createChannel()
    await channel.assertExchange('nova', 'topic', { durable: true })
    // Of a message, what differs from one to the next and the broker can see.
    await channel.assertExchange(HASH, 'x-consistent-hash', {
      durable: true,
      arguments: { 'hash-property': 'message_id' },
    })
    await channel.bindExchange(HASH, 'nova', '#')
    await connection.close()
  }, 60_000)

  afterAll(() => pipeline.stop())

  test('bring the same as one queue, shared out over processes', async () => {
    const ingests: TestProcess[] = []
    for (const queue of QUEUES) {
      const entry = deploymentEntry('east', new URL(pipeline.vhost.url), {
        nova: [{ queue, routing_key: '1', from: HASH }],
      })
      const quorum = { ...entry, queue_arguments: { 'x-queue-type': 'quorum' } }
      await writeFile(pipeline.deploymentsFile, JSON.stringify({ deployments: [quorum] }))
      // It has read the file when it consumes.
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
    expect(await everyAggregate(pipeline.database)).toEqual(inOneQueue)
    const shares = ingests.map(receivedBy)
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(messages.length)
    expect(shares.filter((share) => share > 0)).toHaveLength(QUEUES.length)
  })
})
