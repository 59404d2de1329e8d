import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Detour, detour, publish } from '@stacktach/testing'
import { createEnd, deleteEnd, exists, type Message } from './instanceMessages.ts'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { type Subscriber, subscribe } from './subscriber.ts'
import { until } from './until.ts'
import { allVerified, novaVerdicts } from './verdicts.ts'

describe('publishing of verified exists', () => {
  let pipeline: Pipeline
  let brokerProxy: Detour
  let subscriber: Subscriber
  let published = 0

  beforeAll(async () => {
    pipeline = await startPipeline(['cloud'], { VERIFY_SETTLE_SECONDS: '0' })
    brokerProxy = await detour(pipeline.vhost.url)
    Object.assign(pipeline.environment, {
      PUBLISH_URL: brokerProxy.url,
      PUBLISH_ROUTING_KEYS: 'verified.info, billing',
    })
    await Promise.all([pipeline.start('ingest'), pipeline.start('jobs')])
  })

  afterAll(async () => {
    await subscriber?.stop()
    await brokerProxy.shut()
    await pipeline.stop()
  })

  async function publishAndVerify(...messages: Message[]): Promise<void> {
    published += await publish(pipeline.vhost, messages)
    await pipeline.settled(published)
    await allVerified(pipeline.database)
  }

  async function sendStatus(): Promise<Record<string, number>> {
    const { rows } = await pipeline.database.pool.query<{ message_id: string; send_status: number }>(
      'select message_id, send_status from instance_exists',
    )
    return Object.fromEntries(rows.map(({ message_id, send_status }) => [message_id, send_status]))
  }

  test('an unavailable broker leaves it in the outbox with its message id', async () => {
    await publishAndVerify(createEnd('one'), exists('one'), exists('failing'))
    const { rows } = await pipeline.database.pool.query('select original_message_id, send_status from outbox')
    expect(rows).toEqual([{ original_message_id: 'one exists 86460', send_status: 0 }])
    expect(await sendStatus()).toEqual({ 'one exists 86460': 0, 'failing exists 86460': 0 })
  })

  test('an unroutable message stays unsent, too', async () => {
    await brokerProxy.open()
    const jobs = await pipeline.start('jobs')
    await jobs.printed(/verified exists are unroutable/)
    expect((await sendStatus())['one exists 86460']).toBe(0)
  })

  test('once routable, the exists is sent with each routing key and a new message id', async () => {
    subscriber = await subscribe(pipeline.vhost, 'stacktach')
    await until(async () => (await sendStatus())['one exists 86460'] === 201, 30_000, 'sent')
    await subscriber.received(2)
    const { rows } = await pipeline.database.pool.query<{ message_id: string }>('select message_id from outbox')
    const messageId = rows[0]?.message_id
    expect(new Set(subscriber.messages.map(({ routingKey }) => routingKey))).toEqual(
      new Set(['verified.info', 'billing']),
    )
    for (const message of subscriber.messages) {
      expect(message).toMatchObject({
        messageId,
        body: {
          event_type: 'compute.instance.exists.verified',
          message_id: messageId,
          original_message_id: 'one exists 86460',
          publisher_id: 'compute.host-1',
          payload: { instance_id: 'one', tenant_id: 'cafe' },
        },
      })
    }
    expect((await sendStatus())['failing exists 86460']).toBe(0)
  })

  test('a second exists of the same instance and period is not sent again', async () => {
    const sentBefore = subscriber.messages.length
    const duplicate = exists('one')
    await publishAndVerify({
      ...duplicate,
      body: Buffer.from(duplicate.body.toString().replace('one exists 86460', 'second')),
    })
    await publishAndVerify(createEnd('two'), exists('two'))
    await until(async () => (await sendStatus())['two exists 86460'] === 201, 30_000, 'sent')
    await subscriber.received(sentBefore + 2)
    expect(subscriber.messages.slice(sentBefore).map(({ body }) => body.original_message_id)).toEqual([
      'two exists 86460',
      'two exists 86460',
    ])
    expect(await sendStatus()).toMatchObject({ second: 201 })
  })

  test('a late delete that contradicts a sent exists changes its verdict and sends nothing', async () => {
    const sentBefore = subscriber.messages.length
    await publishAndVerify(deleteEnd('two', 3600))
    await publishAndVerify(createEnd('three'), exists('three'))
    await until(async () => (await sendStatus())['three exists 86460'] === 201, 30_000, 'sent')
    await subscriber.received(sentBefore + 2)
    expect(await novaVerdicts(pipeline.database)).toMatchObject({
      'two exists 86460': expect.stringMatching(/^delete contradicts/),
    })
    expect(await sendStatus()).toMatchObject({ 'two exists 86460': 201 })
    const { output } = await pipeline.run('exists', 'list', '--contradicted', '--json')
    expect(JSON.parse(output)).toMatchObject([{ message_id: 'two exists 86460', status: 'failed' }])
    const sent = subscriber.messages.slice(sentBefore).map(({ body }) => body.original_message_id)
    expect(new Set(sent)).toEqual(new Set(['three exists 86460']))
  })
})
