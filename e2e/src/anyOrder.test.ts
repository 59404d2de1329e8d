import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type CapturedMessage, captured, effort, everyAggregate, everyRowId, publish } from '@stacktach/testing'
import fc from 'fast-check'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { allVerified } from './verdicts.ts'

/** Groups of processes under each set of rules; each group has another batch size. TEST_EFFORT multiplies them. */
const GROUPS = effort(1)

/** Streams that each group processes, one after another. */
const STREAMS_PER_GROUP = 3

/** Repeats a failed run: fast-check prints its seed. */
const seed = process.env.ANY_ORDER_SEED === undefined ? {} : { seed: Number(process.env.ANY_ORDER_SEED) }

/** Captured streams of nova in both formats and of glance, and exists of images, which glance no longer sends. */
const stream = [...captured('nova_both'), ...captured('glance_messagingv2'), imageExists('day'), imageExists('night')]

/** An exists of the images of the captured stream. */
function imageExists(name: string): CapturedMessage {
  const images = captured('glance_messagingv2').flatMap(({ body }) => {
    const { event_type, payload } = JSON.parse(JSON.parse(body.toString())['oslo.message'])
    return event_type === 'image.activate' ? [{ ...payload, deleted_at: payload.created_at }] : []
  })
  const payload = { images, audit_period_beginning: '2026-11-23 00:00:00', audit_period_ending: '2026-11-24 00:00:00' }
  const timestamp = name === 'day' ? '2026-11-23 20:24:16' : '2026-11-24 00:10:00'
  const notification = { event_type: 'image.exists', publisher_id: 'image.host', message_id: name, timestamp, payload }
  return { exchange: 'glance', routing_key: 'notifications.info', body: Buffer.from(JSON.stringify(notification)) }
}

/** Changes to the stream: its order, duplicates, and pauses between its parts. */
interface Disturbance {
  /** Maximum number of positions that a message moves. */
  reach: number
  jitter: number[]
  isDuplicated: boolean[]
  /** Milliseconds after each part except the last, in which a part of it is stored and folded. */
  pauses: number[]
}

const disturbance: fc.Arbitrary<Disturbance> = fc.record({
  reach: fc.constantFrom(stream.length, 200, 30),
  jitter: fc.array(fc.integer({ min: 0, max: 999_999 }), { minLength: stream.length, maxLength: stream.length }),
  isDuplicated: fc.array(
    fc.integer({ min: 0, max: 4 }).map((die) => die === 0),
    { minLength: stream.length, maxLength: stream.length },
  ),
  pauses: fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 5 }),
})

const group = fc.record({
  batchSize: fc.integer({ min: 1, max: 200 }),
  linger: fc.integer({ min: 0, max: 30 }),
  streams: fc.array(disturbance, { minLength: STREAMS_PER_GROUP, maxLength: STREAMS_PER_GROUP }),
})

function applyDisturbance({ reach, jitter, isDuplicated }: Disturbance): CapturedMessage[] {
  return stream
    .flatMap((message, index) => {
      const position = index + ((jitter[index] ?? 0) / 1_000_000) * reach
      const duplicate = { message, position: position + ((jitter[index] ?? 0) % 97) }
      return isDuplicated[index] ? [{ message, position }, duplicate] : [{ message, position }]
    })
    .sort((a, b) => a.position - b.position)
    .map(({ message }) => message)
}

const totals = { streams: 0, notifications: 0 }

afterAll(() => {
  process.stdout.write(`any order: ${totals.streams} streams, ${totals.notifications} notifications\n`)
})

/** Starts a pipeline with `processes` ingest processes and as many jobs processes. */
async function start(rules: string, processes: number, batchSize: number, linger: number): Promise<Pipeline> {
  const pipeline = await startPipeline(['captured'], {
    RULES: rules,
    BATCH_SIZE: String(batchSize),
    BATCH_LINGER: String(linger),
    SHARDS: '4',
    // Exists are verified as soon as they arrive, so that late notifications change verdicts.
    VERIFY_SETTLE_SECONDS: '0',
  })
  const roles = Array.from({ length: processes }, () => ['ingest', 'jobs'] as const).flat()
  await Promise.all(roles.map((role) => pipeline.start(role)))
  return pipeline
}

/** Publishes parts of equal size with pauses between them, and waits until everything is folded and verified. */
async function send(pipeline: Pipeline, messages: readonly CapturedMessage[], pauses: readonly number[]) {
  const size = Math.ceil(messages.length / (pauses.length + 1))
  for (const [part, pause] of [...pauses, 0].entries()) {
    await publish(pipeline.vhost, messages.slice(part * size, (part + 1) * size))
    await sleep(pause)
  }
  await pipeline.settled(stream.length)
  await allVerified(pipeline.database)
}

describe.each(['today', 'stacktach'])('under rules %s', (rules) => {
  let undisturbed: Pipeline
  let expected: Record<string, string[]>

  beforeAll(async () => {
    undisturbed = await start(rules, 1, 500, 10)
    await send(undisturbed, stream, [])
    expected = await everyAggregate(undisturbed.database)
  })

  afterAll(() => undisturbed.stop())

  test('the ordered stream gives rows of every kind', () => {
    for (const rows of Object.values(expected)) expect(rows).not.toEqual([])
  })

  test('shuffled, with duplicates and in parts, two ingest and two jobs processes give the same rows', async () => {
    await fc.assert(
      fc.asyncProperty(group, async ({ batchSize, linger, streams }) => {
        const pipeline = await start(rules, 2, batchSize, linger)
        try {
          for (const { pauses, ...changes } of streams) {
            const messages = applyDisturbance({ pauses, ...changes })
            totals.streams++
            totals.notifications += messages.length
            await send(pipeline, messages, pauses)
            expect(await everyAggregate(pipeline.database)).toEqual(expected)
            await pipeline.clear(messages.length)
          }
        } finally {
          await pipeline.stop()
        }
      }),
      // Each run takes seconds: a failure is not shrunk.
      { ...seed, numRuns: GROUPS, endOnFailure: true },
    )
  }, 600_000)

  test('an instance that is refolded because of a late notification keeps its row ids', async () => {
    const { database, vhost, settled } = undisturbed
    const { rows } = await database.pool.query<{ instance: string }>('select instance from lifecycle')
    const writtenBy = 'select instance, xmin::text as transaction from lifecycle order by instance'
    const before = { ids: await everyRowId(database), lifecycles: (await database.pool.query(writtenBy)).rows }

    await publish(vhost, rows.map(lateUpdate))
    await settled(stream.length + rows.length)

    const after = { ids: await everyRowId(database), lifecycles: (await database.pool.query(writtenBy)).rows }
    expect(rows.length).toBeGreaterThan(10)
    for (const [index, { instance, transaction }] of before.lifecycles.entries()) {
      expect(after.lifecycles[index]).toEqual({
        instance,
        transaction: expect.not.stringMatching(`^${transaction}$`),
      })
    }
    expect(after.ids).toEqual(before.ids)
  })
})

/** An update that is older than all notifications of its instance and creates no row. */
function lateUpdate({ instance }: { instance: string }): CapturedMessage {
  const notification = {
    event_type: 'compute.instance.update',
    publisher_id: 'compute.host-1',
    message_id: `late ${instance}`,
    timestamp: '2026-11-23 00:00:00',
    payload: { instance_id: instance },
  }
  return { exchange: 'nova', routing_key: 'notifications.info', body: Buffer.from(JSON.stringify(notification)) }
}
