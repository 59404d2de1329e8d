import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type CapturedMessage, captured, publish } from '@stacktach/testing'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { type Subscriber, subscribe } from './subscriber.ts'
import { until } from './until.ts'
import { allVerified, novaVerdicts } from './verdicts.ts'

const AT_ONCE = { VERIFY_SETTLE_SECONDS: '0' }

/** The exists that came after an unshelve, of a captured cloud. */
const AFTER_UNSHELVE = '2026-11-23T20:24:07.000000'
/** Instances of that cloud, deleted shortly before a whole second; nova wrote deleted_at after it. */
const DELETED_AT_A_SECONDS_END = '0a1ff2c1'

interface Notification {
  message_id: string
  event_type: string
  payload: { instance_id: string; launched_at: string; deleted_at: string }
}

const notificationOf = ({ body }: CapturedMessage): Notification =>
  JSON.parse(JSON.parse(body.toString())['oslo.message'])

function withLaunchedAt(message: CapturedMessage, launchedAt: string): CapturedMessage {
  const notification = notificationOf(message)
  const changed = { ...notification, payload: { ...notification.payload, launched_at: launchedAt } }
  const body = { 'oslo.version': '2.0', 'oslo.message': JSON.stringify(changed) }
  return { ...message, body: Buffer.from(JSON.stringify(body)) }
}

const stream = captured('nova_unversioned')
const ofExists = (message: CapturedMessage) => notificationOf(message).event_type === 'compute.instance.exists'
const idWhere = (fits: (notification: Notification) => boolean): string => {
  const found = stream.filter(ofExists).map(notificationOf).find(fits)
  if (found === undefined) throw new Error('the captured cloud has no such exists')
  return found.message_id
}
const afterUnshelve = idWhere(({ payload }) => payload.launched_at === AFTER_UNSHELVE)
const afterDelete = idWhere(({ payload }) => payload.instance_id.startsWith(DELETED_AT_A_SECONDS_END))
/** Its instance was launched at 20:23:44.966838, which its database cut to 44 and MySQL 8 rounds to 45. */
const afterLaunch = idWhere(({ payload }) => payload.launched_at === '2026-11-23T20:23:44.000000')

/** The captured stream, as it is on MySQL 8, and without launch times that were moved back before the audit. */
const asItWas = stream.map((message) => {
  const { message_id } = notificationOf(message)
  if (message_id === afterLaunch) return withLaunchedAt(message, '2026-11-23T20:23:45.000000')
  if (message_id === afterDelete) return withLaunchedAt(message, '2026-11-23T20:23:23.000000')
  return message
})

describe.each<[string, Record<string, string | null>]>([
  ['today', { unshelved: null, deleted: null, rounded: null }],
  [
    'stacktach',
    {
      unshelved: 'no launch: this instance has no launch at 2026-11-23 20:24:07',
      deleted:
        'delete differs: deleted_at is "2026-11-23 20:24:26.087048" in the exists and "2026-11-23 20:24:25.840375" in the delete',
      rounded: 'no launch: this instance has no launch at 2026-11-23 20:23:45',
    },
  ],
])('under the rules of %s', (rules, expected) => {
  let pipeline: Pipeline

  beforeAll(async () => {
    pipeline = await startPipeline(['captured'], { ...AT_ONCE, RULES: rules })
    await Promise.all([pipeline.start('ingest'), pipeline.start('jobs')])
    await publish(pipeline.vhost, asItWas)
    await pipeline.settled(new Set(stream.map((message) => notificationOf(message).message_id)).size)
    await allVerified(pipeline.database)
  })

  afterAll(() => pipeline.stop())

  test('exists after an unshelve, a delete at the end of a second, and a launch that MySQL rounded', async () => {
    const verdicts = await novaVerdicts(pipeline.database)
    expect({
      unshelved: verdicts[afterUnshelve],
      deleted: verdicts[afterDelete],
      rounded: verdicts[afterLaunch],
    }).toEqual(expected)
  })
})

describe('a cloud that sends both formats', () => {
  let pipeline: Pipeline
  let subscriber: Subscriber

  beforeAll(async () => {
    pipeline = await startPipeline(['captured'], AT_ONCE)
    Object.assign(pipeline.environment, { PUBLISH_URL: pipeline.vhost.url })
    subscriber = await subscribe(pipeline.vhost, 'stacktach')
    await Promise.all([pipeline.start('ingest'), pipeline.start('jobs')])
  })

  afterAll(async () => {
    await subscriber.stop()
    await pipeline.stop()
  })

  test('has each verified exists published once, though its classic twin comes when the versioned one has been sent', async () => {
    const both = captured('nova_both')
    const versioned = both.filter(({ routing_key }) => routing_key.startsWith('versioned'))
    const published = () => new Set(subscriber.messages.map(({ messageId }) => messageId)).size
    await publish(pipeline.vhost, versioned)
    await pipeline.settled(versioned.length)
    await allVerified(pipeline.database)
    const sent = async () => {
      const { rows } = await pipeline.database.pool.query<{ verified: number; unsent: number }>(
        `select count(*)::int as verified, count(*) filter (where send_status <> 201)::int as unsent
           from instance_exists where status = 'verified'`,
      )
      return rows[0]
    }
    await until(async () => (await sent())?.unsent === 0, 60_000, 'every verified exists sent')
    await subscriber.received((await sent())?.verified ?? 0)
    const before = published()
    expect(before).toBeGreaterThan(5)

    await publish(pipeline.vhost, both)
    await pipeline.settled(new Set(both.map((message) => notificationOf(message).message_id)).size)
    await allVerified(pipeline.database)
    expect(await sent()).toEqual({ verified: before, unsent: 0 })
    expect(published()).toBe(before)
  })
})
