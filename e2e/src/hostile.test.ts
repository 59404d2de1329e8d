import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, test } from '@jest/globals'
import { systemStatus } from '@stacktach/db'
import { captured, capturedStreams, effort, mutated, publish, type TestProcess } from '@stacktach/testing'
import fc from 'fast-check'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { until } from './until.ts'

/** Each run generates other messages; HOSTILE_SEED repeats a run. TEST_EFFORT multiplies their number. */
const seed = Number(process.env.HOSTILE_SEED ?? Date.now() % 2 ** 31)
const total = effort(1_000)

/** Timeout of each step, which grows with the number of messages. */
const STEP_TIMEOUT_MS = 60_000 + total * 10

let pipeline: Pipeline

afterEach(() => pipeline.stop())

/** A valid message. */
function validMessage(id: string, exchange: string) {
  const event_type = exchange === 'nova' ? 'compute.instance.update' : 'image.update'
  const notification = {
    event_type,
    publisher_id: 'compute.host',
    message_id: id,
    timestamp: '2026-11-23 20:05:38',
    payload: { instance_id: id, id },
  }
  return { exchange, routing_key: 'notifications.info', body: Buffer.from(JSON.stringify(notification)) }
}

/** Number of stored notifications whose message id begins with a prefix. */
async function countIds(prefix: string): Promise<number> {
  const { rows } = await pipeline.database.pool.query(
    `select (select count(*) from notification_nova where message_id like $1)
          + (select count(*) from notification_glance where message_id like $1) as count`,
    [`${prefix}%`],
  )
  return rows[0].count
}

async function isBacklogEmpty(): Promise<boolean> {
  return (await systemStatus(pipeline.database, true)).backlog === 0
}

/** No message can cause an error, a retry or a requeue. */
function expectNoErrors(...processes: TestProcess[]): void {
  for (const process of processes) {
    expect(process.output()).not.toMatch(/"level":(?:50|60)|job failed|could not store|consuming interrupted/)
  }
}

test(
  `mutated messages are stored or rejected, the others are stored, and everything is folded and verified (seed ${seed})`,
  async () => {
    // Exists are verified as soon as they are folded, and published to the same broker.
    pipeline = await startPipeline(['east'], { VERIFY_SETTLE_SECONDS: '0', VERIFY_LEVEL: 'none' })
    pipeline.environment.PUBLISH_URL = pipeline.vhost.url
    const processes = [await pipeline.start('ingest'), await pipeline.start('jobs')]
    const messages = fc.sample(mutated(capturedStreams.flatMap((stream) => captured(stream))), { seed, numRuns: total })
    const stream = messages.flatMap((message, index) =>
      index % 3 === 0 ? [message, validMessage(`valid-${index}`, message.exchange)] : [message],
    )
    await publish(pipeline.vhost, [...stream, validMessage('last-nova', 'nova'), validMessage('last-glance', 'glance')])
    // Two batches overlap: the last messages may be stored before an earlier batch that has to be split.
    const validCount = Math.ceil(total / 3)
    await until(
      async () => (await countIds('last-')) === 2 && (await countIds('valid-')) === validCount,
      STEP_TIMEOUT_MS,
      'every valid message',
    )
    await until(isBacklogEmpty, STEP_TIMEOUT_MS)
    await until(async () => {
      const { rows } = await pipeline.database.pool.query(
        `select (select count(*) from instance_exists where ${due}) + (select count(*) from image_exists where ${due}) as due`,
      )
      return rows[0].due === 0
    }, STEP_TIMEOUT_MS)

    const { rows: reasons } = await pipeline.database.pool.query<{ reason: string; details: string[] }>(
      'select reason, array_agg(detail) as details from rejected_message group by reason order by reason',
    )
    for (const { details } of reasons) for (const detail of details) expect(detail.length).toBeGreaterThan(10)
    // These two reasons would be bugs.
    const unexpected = reasons.filter(({ reason }) => /not understood|refused by the database/.test(reason))
    expect(unexpected).toEqual([])
    expectNoErrors(...processes)

    const get = await pipeline.api()
    for (const path of listings) expect({ path, ...(await get(path)) }).toMatchObject({ path, status: 200 })
  },
  60_000 + 2 * STEP_TIMEOUT_MS,
)

/** Exists that must be verified: their audit period is over, or they have none. */
const due = `status = 'pending' and coalesce(audit_period_ending, "when") < extract(epoch from now()) * 1000000 - 10000000`

const listings = [
  ...['usage/launches', 'usage/deletes', 'usage/exists', 'kpi', 'summary', 'events', 'hosts', 'deployments', 'reports'],
  ...['events', 'hosts', 'usage/launches', 'usage/deletes', 'usage/exists'].map((path) => `${path}?service=glance`),
].map((path) => `/stacky/${path}`)

describe('sizes', () => {
  const LARGE = 20

  test('bodies of 20 MB are rejected with their digest and beginning, and are not kept in memory', async () => {
    pipeline = await startPipeline(['east'])
    const { pool } = pipeline.database
    const bodies = Array.from({ length: LARGE }, (_, index) => Buffer.alloc(20_000_000, `{"n":${index},`))
    const large = bodies.map((body) => ({ exchange: 'nova', routing_key: 'notifications.info', body }))
    const ingest = await pipeline.start('ingest')
    // As with an unavailable database: nothing can be stored, and all delivered messages stay unacknowledged.
    const blocking = await pool.connect()
    await blocking.query('begin')
    await blocking.query('lock table rejected_message in access exclusive mode')
    for (const message of large) await publish(pipeline.vhost, [message])
    await publish(pipeline.vhost, [validMessage('last-nova', 'nova')])
    await until(async () => (await countUnacknowledged()) === LARGE + 1, 60_000)
    const memory = await memoryOf(ingest.pid)
    await blocking.query('rollback')
    blocking.release()
    await until(async () => (await countIds('last-')) === 1, 60_000)
    await until(
      async () => (await systemStatus(pipeline.database, true)).rejected === LARGE,
      60_000,
      'all large messages rejected',
    )
    const { rows } = await pool.query(
      'select reason, detail, body_size, body_sha256, body from rejected_message order by body_sha256',
    )
    const digests = bodies.map((body) => createHash('sha256').update(body).digest('hex')).sort()
    expect(rows.map((row) => row.body_sha256)).toEqual(digests)
    for (const row of rows) {
      expect(row).toMatchObject({
        reason: 'too large',
        detail: 'the body has 20000000 bytes, more than 1048576',
        body_size: 20_000_000,
      })
      expect(row.body.length).toBe(65_536)
    }
    expect(memory).toBeLessThan(300_000_000)
    expectNoErrors(ingest)
  })

  /** Messages delivered and not acknowledged yet. */
  async function countUnacknowledged(): Promise<number> {
    const connection = await pipeline.vhost.connect()
    const channel = await connection.createChannel()
    const { messageCount } = await channel.checkQueue('stacktach_nova')
    await connection.close()
    return LARGE + 1 - messageCount
  }

  test('one exists of 18,000 images is folded within 600 MB of memory', async () => {
    pipeline = await startPipeline(['east'])
    const ingest = await pipeline.start('ingest')
    const jobs = await pipeline.start('jobs')
    const images = Array.from({ length: 18_000 }, (_, id) => ({ id: `${id}`, created_at: '2026-11-23 20:05:38' }))
    const body = JSON.stringify({
      event_type: 'image.exists',
      publisher_id: 'glance.host',
      message_id: 'many',
      timestamp: '2026-11-23 20:05:38',
      payload: { images, audit_period_ending: '2026-11-23 20:05:38' },
    })
    await publish(pipeline.vhost, [{ exchange: 'glance', routing_key: 'notifications.info', body: Buffer.from(body) }])
    await until(async () => (await countIds('many')) === 1)
    await until(isBacklogEmpty, 60_000)
    const { rows } = await pipeline.database.pool.query('select count(*), min(audit_period_ending) from image_exists')
    expect(rows).toEqual([{ count: 18_000, min: 1_795_464_338_000_000 }])
    expect(await memoryOf(jobs.pid, 'VmHWM')).toBeLessThan(600_000_000)
    expectNoErrors(ingest, jobs)
  })
})

/** Current or peak memory of a process, in bytes. */
async function memoryOf(pid: number, which: 'VmRSS' | 'VmHWM' = 'VmRSS'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`${which}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024
}
