import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Format, Truth, VerdictTruth } from '@stacktach/simulator'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { simulate } from './simulate.ts'
import { subscribe } from './subscriber.ts'
import { allVerified, everySent, novaVerdicts } from './verdicts.ts'

const HOURS = 4
/** 2026-11-20 08:20, at which these clouds have some of every fault. */
const START = 1_795_162_800_000_000
const deployments = ['east', 'west']
const AT_ONCE = { VERIFY_SETTLE_SECONDS: '0' }

type Failed = Extract<VerdictTruth, { status: 'failed' }>

/** How the reason begins with which an exists fails that a fault was planted in. */
const reasons: Record<Failed['fault'], RegExp> = {
  'no launch': /^no launch: /,
  flavor: /^launch differs: instance_flavor_id is /,
  tenant: /^launch differs: tenant is /,
  'no delete': /^no delete: /,
  contradicted: /^delete contradicts: /,
  'mid operation': /^launch differs: /,
}

/** Every exists with a launched_at, by message id, and what becomes of it. */
function trueVerdicts(truth: Truth): Map<string, VerdictTruth> {
  const all = Object.values(truth.instances).flatMap(({ exists }) => exists)
  return new Map(all.flatMap(({ messageId, verdict }) => (verdict === null ? [] : [[messageId, verdict]])))
}

let pipeline: Pipeline

beforeAll(async () => {
  pipeline = await startPipeline(deployments, AT_ONCE)
  await Promise.all([pipeline.start('ingest'), pipeline.start('jobs')])
})

afterAll(() => pipeline.stop())

/** Faults that some exists of these clouds failed for. */
const met = new Set<string>()

describe.each<{ format: Format; storedTimes: 'exact' | 'rounded' }>([
  { format: 'envelope', storedTimes: 'exact' },
  { format: 'classic', storedTimes: 'rounded' },
  { format: 'versioned', storedTimes: 'exact' },
  { format: 'both', storedTimes: 'rounded' },
])('a cloud of $format notifications with $storedTimes times and planted faults', ({ format, storedTimes }) => {
  test('has exactly those exists fail that are wrong, each for what is wrong with it', async () => {
    const options = { seed: `planted ${format}`, format, storedTimes, deployments, operations: 200, usageFaults: 0.5 }
    const { truth, notifications, published } = await simulate(pipeline, START, HOURS, options)
    await pipeline.settled(notifications)
    await allVerified(pipeline.database)
    const expected = trueVerdicts(truth)
    const verdicts = await novaVerdicts(pipeline.database)
    await pipeline.clear(published)
    expect(Object.keys(verdicts).sort()).toEqual([...expected.keys()].sort())
    for (const [messageId, verdict] of expected) {
      const reason = verdict.status === 'verified' ? null : expect.stringMatching(reasons[verdict.fault])
      expect({ messageId, reason: verdicts[messageId] }).toEqual({ messageId, reason })
    }
    for (const verdict of expected.values()) if (verdict.status === 'failed') met.add(verdict.fault)
  })
})

test('every kind of fault was among them', () => {
  for (const fault of ['no launch', 'flavor', 'tenant', 'no delete', 'contradicted']) expect(met).toContain(fault)
})

/** Kills one of the jobs processes again and again, and starts another in its place, until the work is done. */
async function killing(disturbed: Pipeline, processes: number, work: Promise<unknown>): Promise<number> {
  const running = await Promise.all(Array.from({ length: processes }, () => disturbed.start('jobs')))
  let kills = 0
  let working = true
  const ended = () => {
    working = false
  }
  work.then(ended, ended)
  while (working || kills < 2 * processes) {
    await new Promise((resolve) => setTimeout(resolve, 300))
    const victim = kills++ % processes
    await running[victim]?.stop('SIGKILL')
    running[victim] = await disturbed.start('jobs')
  }
  return kills
}

test('four verifying processes, killed again and again, judge as one in peace, and each verified exists is published once', async () => {
  const options = { seed: 'killed', format: 'both' as const, deployments, operations: 300, usageFaults: 0.3 }
  const disturbed = await startPipeline(deployments, AT_ONCE)
  try {
    Object.assign(disturbed.environment, { PUBLISH_URL: disturbed.vhost.url })
    const subscriber = await subscribe(disturbed.vhost, 'stacktach')
    await disturbed.start('ingest')
    const sending = simulate(disturbed, START, HOURS, options, 800)
    await killing(disturbed, 4, sending)
    const { truth, notifications } = await sending
    await disturbed.settled(notifications)
    await allVerified(disturbed.database)

    await simulate(pipeline, START, HOURS, options)
    await pipeline.settled(notifications)
    await allVerified(pipeline.database)

    const verdicts = await novaVerdicts(disturbed.database)
    expect(verdicts).toEqual(await novaVerdicts(pipeline.database))
    await everySent(disturbed.database)
    const outbox = await disturbed.database.pool.query('select from publication')
    await subscriber.received(outbox.rowCount ?? 0)
    await subscriber.stop()

    // By message id each is one; whose double was published needs no message of its own.
    const published = new Map(subscriber.messages.map(({ messageId, body }) => [messageId, body.original_message_id]))
    const originals = [...published.values()]
    expect(new Set(originals).size).toBe(originals.length)
    const exists = Object.values(truth.instances).flatMap((instance) => instance.exists)
    const verified = exists.filter(({ messageId }) => verdicts[messageId] === null)
    expect(verified.length).toBeGreaterThan(50)
    for (const { messageId, duplicates, counterpartMessageId } of verified) {
      const one = [messageId, counterpartMessageId, ...duplicates].filter((id) => originals.includes(id))
      expect({ messageId, published: one.length }).toEqual({ messageId, published: 1 })
    }
  } finally {
    await disturbed.stop()
  }
}, 300_000)
