import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type CapturedMessage, captured, effort, everyAggregate, everyRowId, publish } from '@stacktach/testing'
import fc from 'fast-check'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { allVerified } from './verdicts.ts'

/** Groups of processes, each with batches of another size, tried under each set of rules. */
const GROUPS = effort(2)

/** Streams that pass through each group, one after another. */
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

/** Changes to the stream on its way: the order, duplicates, and pauses between its parts. */
interface Disturbance {
  /** How many places a message moves at most. */
  reach: number
  jitter: number[]
  duplicated: boolean[]
  /** Milliseconds after each part but the last: time in which some of it is stored and folded. */
  pauses: number[]
}

const disturbance: fc.Arbitrary<Disturbance> = fc.record({
  reach: fc.constantFrom(stream.length, 200, 30),
  jitter: fc.array(fc.integer({ min: 0, max: 999_999 }), { minLength: stream.length, maxLength: stream.length }),
  duplicated: fc.array(
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

function disturbed({ reach, jitter, duplicated }: Disturbance): CapturedMessage[] {
  return stream
    .flatMap((message, index) => {
      const place = index + ((jitter[index] ?? 0) / 1_000_000) * reach
      const again = { message, place: place + ((jitter[index] ?? 0) % 97) }
      return duplicated[index] ? [{ message, place }, again] : [{ message, place }]
    })
    .sort((a, b) => a.place - b.place)
    .map(({ message }) => message)
}

const tried = { streams: 0, notifications: 0 }

afterAll(() => {
  process.stdout.write(`any order: ${tried.streams} streams, ${tried.notifications} notifications\n`)
})

/** Starts a pipeline with some ingest and as many jobs processes. */
async function start(rules: string, processes: number, batchSize: number, linger: number): Promise<Pipeline> {
  const pipeline = await startPipeline(['captured'], {
    RULES: rules,
    BATCH_SIZE: String(batchSize),
    BATCH_LINGER: String(linger),
    SHARDS: '4',
    // Exists are verified as soon as they arrive, so that late facts have verdicts to overturn.
    VERIFY_SETTLE_SECONDS: '0',
  })
  const roles = Array.from({ length: processes }, () => ['ingest', 'jobs'] as const).flat()
  await Promise.all(roles.map((role) => pipeline.start(role)))
  return pipeline
}

/** Publishes in parts of equal size, with a pause after each but the last, and waits until all is folded and verified. */
async function send(pipeline: Pipeline, messages: readonly CapturedMessage[], pauses: readonly number[]) {
  const size = Math.ceil(messages.length / (pauses.length + 1))
  for (const [part, pause] of [...pauses, 0].entries()) {
    await publish(pipeline.vhost, messages.slice(part * size, (part + 1) * size))
    await sleep(pause)
  }
  await pipeline.settled(stream.length)
  await allVerified(pipeline.database)
}

describe.each(['today', 'stacktach'])('through RabbitMQ, under the rules of %s', (rules) => {
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

  test('shuffled, with duplicates, in parts, through two ingest and two jobs processes: the same rows', async () => {
    await fc.assert(
      fc.asyncProperty(group, async ({ batchSize, linger, streams }) => {
        const pipeline = await start(rules, 2, batchSize, linger)
        try {
          for (const { pauses, ...changes } of streams) {
            const messages = disturbed({ pauses, ...changes })
            tried.streams++
            tried.notifications += messages.length
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

  test('an instance that is refolded for a late notification keeps the ids of its rows', async () => {
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

/** An update older than everything else of its instance; it creates no row. */
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
