import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Format } from '@stacktach/simulator'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { simulate } from './simulate.ts'
import { subscribe } from './subscriber.ts'
import { allVerified, everySent, expectedReason, expectedVerdicts, novaVerdicts } from './verdicts.ts'

const HOURS = 4
/** 2026-11-20 08:20. With this start the clouds have every kind of fault. */
const START = 1_795_162_800_000_000
const deployments = ['east', 'west']
const AT_ONCE = { VERIFY_SETTLE_SECONDS: '0' }

let pipeline: Pipeline

beforeAll(async () => {
  pipeline = await startPipeline(deployments, AT_ONCE)
  await Promise.all([pipeline.start('ingest'), pipeline.start('jobs')])
})

afterAll(() => pipeline.stop())

/** Faults for which exists of these clouds failed. */
const detectedFaults = new Set<string>()

describe.each<{ format: Format; storedTimes: 'exact' | 'rounded' }>([
  { format: 'envelope', storedTimes: 'exact' },
  { format: 'classic', storedTimes: 'rounded' },
  { format: 'versioned', storedTimes: 'exact' },
  { format: 'both', storedTimes: 'rounded' },
])('a cloud of $format notifications with $storedTimes times and planted faults', ({ format, storedTimes }) => {
  test('fails exactly the exists with a planted fault, each with the reason of its fault', async () => {
    const options = { seed: `planted ${format}`, format, storedTimes, deployments, operations: 120, usageFaults: 0.5 }
    const { truth, notifications, published } = await simulate(pipeline, START, HOURS, options)
    await pipeline.settled(notifications)
    await allVerified(pipeline.database)
    const expected = expectedVerdicts(truth)
    const verdicts = await novaVerdicts(pipeline.database)
    await pipeline.clear(published)
    expect(Object.keys(verdicts).sort()).toEqual([...expected.keys()].sort())
    for (const [messageId, verdict] of expected) {
      expect({ messageId, reason: verdicts[messageId] }).toEqual({ messageId, reason: expectedReason(verdict) })
    }
    for (const verdict of expected.values()) if (verdict.status === 'failed') detectedFaults.add(verdict.fault)
  })
})

test('these clouds had every kind of fault', () => {
  for (const fault of ['no launch', 'flavor', 'tenant', 'no delete', 'contradicted'])
    expect(detectedFaults).toContain(fault)
})

/** Kills and replaces one jobs process after another until the work is done; returns the number of kills. */
async function killJobsDuring(interrupted: Pipeline, processes: number, work: Promise<unknown>): Promise<number> {
  const running = await Promise.all(Array.from({ length: processes }, () => interrupted.start('jobs')))
  let kills = 0
  let working = true
  const stopKilling = () => {
    working = false
  }
  work.then(stopKilling, stopKilling)
  while (working || kills < 2 * processes) {
    await new Promise((resolve) => setTimeout(resolve, 300))
    const victim = kills++ % processes
    await running[victim]?.stop('SIGKILL')
    running[victim] = await interrupted.start('jobs')
  }
  return kills
}

test('four jobs processes that are killed repeatedly give the same verdicts as one, and publish each verified exists once', async () => {
  const options = { seed: 'killed', format: 'both' as const, deployments, operations: 200, usageFaults: 0.3 }
  const interrupted = await startPipeline(deployments, AT_ONCE)
  try {
    Object.assign(interrupted.environment, { PUBLISH_URL: interrupted.vhost.url })
    const subscriber = await subscribe(interrupted.vhost, 'stacktach')
    await interrupted.start('ingest')
    const simulation = simulate(interrupted, START, HOURS, options, 800)
    await killJobsDuring(interrupted, 4, simulation)
    const { truth, notifications } = await simulation
    await interrupted.settled(notifications)
    await allVerified(interrupted.database)

    await simulate(pipeline, START, HOURS, options)
    await pipeline.settled(notifications)
    await allVerified(pipeline.database)

    const verdicts = await novaVerdicts(interrupted.database)
    expect(verdicts).toEqual(await novaVerdicts(pipeline.database))
    await everySent(interrupted.database)
    const outbox = await interrupted.database.pool.query('select from outbox')
    await subscriber.received(outbox.rowCount ?? 0)
    await subscriber.stop()

    // Distinct message ids. An exists has no message of its own if its duplicate or counterpart was published.
    const published = new Map(subscriber.messages.map(({ messageId, body }) => [messageId, body.original_message_id]))
    const originals = [...published.values()]
    expect(new Set(originals).size).toBe(originals.length)
    const exists = Object.values(truth.instances).flatMap((instance) => instance.exists)
    const verified = exists.filter(({ messageId }) => verdicts[messageId] === null)
    expect(verified.length).toBeGreaterThan(50)
    for (const { messageId, duplicates, counterpartMessageId } of verified) {
      const sent = [messageId, counterpartMessageId, ...duplicates].filter((id) => originals.includes(id))
      expect({ messageId, published: sent.length }).toEqual({ messageId, published: 1 })
    }
  } finally {
    await interrupted.stop()
  }
}, 300_000)
