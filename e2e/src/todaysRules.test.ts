import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type CapturedMessage, captured, publish } from '@stacktach/testing'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { type Subscriber, subscribe } from './subscriber.ts'
import { until } from './until.ts'
import { allVerified, novaVerdicts } from './verdicts.ts'

/** Verifies an exists immediately. */
const IMMEDIATELY = { VERIFY_SETTLE_SECONDS: '0' }

/** Launch time of an exists after an unshelve, in the captured stream. */
const UNSHELVE_LAUNCHED_AT = '2026-11-23T20:24:07.000000'
/** Prefix of an instance that was deleted shortly before a whole second; nova set deleted_at after it. */
const DELETED_AT_SECOND_END = '0a1ff2c1'

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
const isExists = (message: CapturedMessage) => notificationOf(message).event_type === 'compute.instance.exists'
const existsIdWhere = (matches: (notification: Notification) => boolean): string => {
  const exists = stream.filter(isExists).map(notificationOf).find(matches)
  if (exists === undefined) throw new Error('the captured cloud has no such exists')
  return exists.message_id
}
const afterUnshelve = existsIdWhere(({ payload }) => payload.launched_at === UNSHELVE_LAUNCHED_AT)
const afterDelete = existsIdWhere(({ payload }) => payload.instance_id.startsWith(DELETED_AT_SECOND_END))
/** The instance was launched at 20:23:44.966838. The captured database truncated that to 44; MySQL 8 rounds it to 45. */
const afterLaunch = existsIdWhere(({ payload }) => payload.launched_at === '2026-11-23T20:23:44.000000')

/** The captured stream with times as in MySQL 8, and with the launch time that was moved back before the audit restored. */
const restoredStream = stream.map((message) => {
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
    pipeline = await startPipeline(['captured'], { ...IMMEDIATELY, RULES: rules })
    await Promise.all([pipeline.start('ingest'), pipeline.start('jobs')])
    await publish(pipeline.vhost, restoredStream)
    await pipeline.settled(new Set(stream.map((message) => notificationOf(message).message_id)).size)
    await allVerified(pipeline.database)
  })

  afterAll(() => pipeline.stop())

  test('exists after an unshelve, after a delete at the end of a second, and after a launch that MySQL rounded', async () => {
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
    pipeline = await startPipeline(['captured'], IMMEDIATELY)
    Object.assign(pipeline.environment, { PUBLISH_URL: pipeline.vhost.url })
    subscriber = await subscribe(pipeline.vhost, 'stacktach')
    await Promise.all([pipeline.start('ingest'), pipeline.start('jobs')])
  })

  afterAll(async () => {
    await subscriber.stop()
    await pipeline.stop()
  })

  test('has each verified exists published once, even if the classic counterpart arrives after the versioned one was sent', async () => {
    const both = captured('nova_both')
    const versioned = both.filter(({ routing_key }) => routing_key.startsWith('versioned'))
    const publishedCount = () => new Set(subscriber.messages.map(({ messageId }) => messageId)).size
    await publish(pipeline.vhost, versioned)
    await pipeline.settled(versioned.length)
    await allVerified(pipeline.database)
    const counts = async () => {
      const { rows } = await pipeline.database.pool.query<{ verified: number; unsent: number }>(
        `select count(*)::int as verified, count(*) filter (where send_status <> 201)::int as unsent
           from instance_exists where status = 'verified'`,
      )
      return rows[0]
    }
    await until(async () => (await counts())?.unsent === 0, 60_000, 'every verified exists sent')
    await subscriber.received((await counts())?.verified ?? 0)
    const publishedBefore = publishedCount()
    expect(publishedBefore).toBeGreaterThan(5)

    await publish(pipeline.vhost, both)
    await pipeline.settled(new Set(both.map((message) => notificationOf(message).message_id)).size)
    await allVerified(pipeline.database)
    expect(await counts()).toEqual({ verified: publishedBefore, unsent: 0 })
    expect(publishedCount()).toBe(publishedBefore)
  })
})
