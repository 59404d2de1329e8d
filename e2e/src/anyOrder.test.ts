import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type CapturedMessage, captured, everyAggregate, everyRowId, publish } from '@stacktach/testing'
import fc from 'fast-check'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { allVerified } from './verdicts.ts'

/** Streams tried under each set of rules. */
const RUNS = 10

/** A seed that failed, to see it again: fast-check prints it. */
const seed = process.env.ANY_ORDER_SEED === undefined ? {} : { seed: Number(process.env.ANY_ORDER_SEED) }

/** A captured cloud that sends both formats, glance's, and what the glance of today no longer sends. */
const stream = [...captured('nova_both'), ...captured('glance_messagingv2'), imageExists('day'), imageExists('night')]

/** The images that a tenant had in a period, here those of the captured stream. */
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

/** What happens to the stream on its way: who overtakes whom, what comes twice, how it is cut, when it pauses. */
interface Disturbance {
  /** Over how many places a message may be overtaken. */
  reach: number
  jitter: number[]
  doubled: boolean[]
  batchSize: number
  linger: number
  pieces: number
}

const disturbance: fc.Arbitrary<Disturbance> = fc.record({
  reach: fc.constantFrom(stream.length, 200, 30),
  jitter: fc.array(fc.integer({ min: 0, max: 999_999 }), { minLength: stream.length, maxLength: stream.length }),
  doubled: fc.array(
    fc.integer({ min: 0, max: 4 }).map((die) => die === 0),
    { minLength: stream.length, maxLength: stream.length },
  ),
  batchSize: fc.integer({ min: 1, max: 200 }),
  linger: fc.integer({ min: 0, max: 30 }),
  pieces: fc.integer({ min: 1, max: 6 }),
})

function disturbed({ reach, jitter, doubled }: Disturbance): CapturedMessage[] {
  return stream
    .flatMap((message, index) => {
      const place = index + ((jitter[index] ?? 0) / 1_000_000) * reach
      const again = { message, place: place + ((jitter[index] ?? 0) % 97) }
      return doubled[index] ? [{ message, place }, again] : [{ message, place }]
    })
    .sort((a, b) => a.place - b.place)
    .map(({ message }) => message)
}

const tried = { streams: 0, notifications: 0 }

afterAll(() => {
  process.stdout.write(`any order: ${tried.streams} streams, ${tried.notifications} notifications\n`)
})

/** Publishes in pieces to a pipeline of `processes` ingests and as many jobs, and waits until all of it is folded. */
async function through<T>(
  messages: readonly CapturedMessage[],
  settings: { rules: string; processes: number; batchSize: number; linger: number; pieces: number },
  look: (pipeline: Pipeline) => Promise<T>,
): Promise<T> {
  const { rules, processes, batchSize, linger, pieces } = settings
  const pipeline = await startPipeline(['captured'], {
    RULES: rules,
    BATCH_SIZE: String(batchSize),
    BATCH_LINGER: String(linger),
    SHARDS: '4',
    // Exists are verified as soon as they come, so that late facts have verdicts to overturn.
    VERIFY_SETTLE_SECONDS: '0',
  })
  try {
    const roles = Array.from({ length: processes }, () => ['ingest', 'jobs'] as const).flat()
    await Promise.all(roles.map((role) => pipeline.start(role)))
    const size = Math.ceil(messages.length / pieces)
    for (let from = 0; from < messages.length; from += size) {
      await publish(pipeline.vhost, messages.slice(from, from + size))
      // A pause in which what came so far is stored and folded.
      await new Promise((resolve) => setTimeout(resolve, 100 + linger * 10))
    }
    await pipeline.settled(stream.length)
    await allVerified(pipeline.database)
    return await look(pipeline)
  } finally {
    await pipeline.stop()
  }
}

describe.each(['today', 'stacktach'])('through RabbitMQ, under the rules of %s', (rules) => {
  let quiet: Record<string, string[]>

  beforeAll(async () => {
    const settings = { rules, processes: 1, batchSize: 500, linger: 10, pieces: 1 }
    quiet = await through(stream, settings, ({ database }) => everyAggregate(database))
  })

  test('the ordered stream gives rows of every kind', () => {
    for (const rows of Object.values(quiet)) expect(rows).not.toEqual([])
  })

  test('shuffled, doubled, cut anyhow, shared by two ingest and two jobs processes: the same rows', async () => {
    await fc.assert(
      fc.asyncProperty(disturbance, async (given) => {
        const messages = disturbed(given)
        tried.streams++
        tried.notifications += messages.length
        const settings = { ...given, rules, processes: 2 }
        expect(await through(messages, settings, ({ database }) => everyAggregate(database))).toEqual(quiet)
      }),
      // Each run takes seconds: a smaller example of a failure is not looked for.
      { ...seed, numRuns: RUNS, endOnFailure: true },
    )
  }, 600_000)

  test('an instance folded from its beginning for a late notification keeps the ids of its rows', async () => {
    const settings = { rules, processes: 1, batchSize: 500, linger: 10, pieces: 1 }
    await through(stream, settings, async ({ database, vhost, settled }) => {
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
})

/** An update from before everything else of its instance, which makes no row of its own. */
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
