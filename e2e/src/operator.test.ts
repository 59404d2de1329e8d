import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { captured, publish, type TestProcess } from '@stacktach/testing'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { insertRejected, rejectedNotification } from './rejected.ts'
import { until } from './until.ts'

let pipeline: Pipeline
let jobs: TestProcess
let published = 0

beforeAll(async () => {
  pipeline = await startPipeline(['east'])
  ;[jobs] = await Promise.all([pipeline.start('jobs'), pipeline.start('ingest')])
})

afterEach(async () => {
  await pipeline.clear(published)
  published = 0
})

afterAll(() => pipeline.stop())

/** Runs a command with --json and parses its result; an error message may follow. */
async function json(...args: string[]): Promise<{ code: number | null; result: unknown }> {
  const { code, output } = await pipeline.run(...args, '--json')
  const start = output.search(/^[[{]/m)
  const end = Math.max(output.lastIndexOf(']'), output.lastIndexOf('}'))
  if (start < 0) throw new Error(`${args.join(' ')} ended with ${code}: ${output}`)
  return { code, result: JSON.parse(output.slice(start, end + 1)) }
}

const nova = (body: string | Buffer) => ({
  exchange: 'nova',
  routing_key: 'notifications.info',
  body: Buffer.from(body),
})

describe('rejected messages', () => {
  const invalid = [nova('nova is well'), nova(Buffer.from([0x7b, 0xff, 0x7d])), nova('{"_context_auth_token": "hush"}')]
  const common = { deployment: 'east', exchange: 'nova', routing_key: 'notifications.info', truncated: false }

  beforeEach(async () => {
    for (const [index, message] of invalid.entries()) {
      published += await publish(pipeline.vhost, [message])
      await until(async () => (await count('rejected_message')) === index + 1)
    }
  })

  const count = async (table: string) =>
    Number((await pipeline.database.pool.query(`select count(*) from ${table}`)).rows[0].count)

  test('are listed, newest first', async () => {
    expect(await json('rejected', 'list')).toEqual({
      code: 0,
      result: ['no event_type', 'not utf-8', 'not json'].map((reason, index) => ({
        ...common,
        id: 3 - index,
        reason,
        detail: expect.any(String),
        size: invalid[2 - index]?.body.length,
        received_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/),
      })),
    })
    expect(await json('rejected', 'list', '--reason', 'UTF')).toMatchObject({ result: [{ id: 2 }] })
    expect(await json('rejected', 'list', '--reason', 'nothing like it')).toEqual({ code: 0, result: [] })
    expect(await json('rejected', 'list', '--limit', '1')).toMatchObject({ result: [{ id: 3 }] })
    expect((await pipeline.run('rejected', 'list')).output).toMatch(/│ 2 +│ east +│ nova .* not utf-8 /)
  })

  test('are shown as text with secrets redacted, in hexadecimal, or unchanged', async () => {
    expect((await pipeline.run('rejected', 'show', '1')).output).toMatch(
      /Reason: +not json\n[\s\S]*\n\nnova is well\n$/,
    )
    expect((await pipeline.run('rejected', 'show', '2')).output).toContain('00000000  7b ff 7d')
    expect((await pipeline.run('rejected', 'show', '3')).output).toContain('{"_context_auth_token": "<redacted>"}')
    expect(await pipeline.run('rejected', 'show', '3', '--raw')).toEqual({
      code: 0,
      output: invalid[2]?.body.toString(),
    })
    expect(await json('rejected', 'show', '2')).toMatchObject({ result: { id: 2, encoding: 'hex', text: '7bff7d' } })
    expect(await pipeline.run('rejected', 'show', '9')).toEqual({
      code: 1,
      output: 'there is no rejected message 9\n',
    })
  })

  test('are dropped', async () => {
    const { code, output } = await pipeline.run('rejected', 'drop', '1', '9')
    expect({ code, output }).toEqual({
      code: 1,
      output: ['dropped 1', 'there is no rejected message 9', ''].join('\n'),
    })
    expect(await pipeline.run('rejected', 'drop', '2', '3')).toEqual({ code: 0, output: 'dropped 2\n' })
    expect(await count('rejected_message')).toBe(0)
  })

  test('are stored by a replay once the cause is fixed, or kept with their new reason', async () => {
    // Messages that an earlier version or a smaller MAX_BODY rejected.
    const { pool } = pipeline.database
    const [valid, duplicate] = await insertRejected(pool, [rejectedNotification(1), rejectedNotification(1)])
    const [truncated] = await insertRejected(pool, [rejectedNotification(2)], 'too large', 70_000)
    const [notObject] = await insertRejected(pool, [nova('[]').body], 'no event_type')

    const ids = [valid, duplicate, truncated, notObject].map(String)
    expect(await json('rejected', 'replay', ...ids)).toEqual({
      code: 1,
      result: {
        stored: 1,
        duplicates: 1,
        rejected: 1,
        truncated: 1,
        still_rejected: [
          { id: notObject, reason: 'not an object', detail: expect.any(String) },
          { id: truncated, reason: 'too large', detail: expect.stringContaining('only its beginning is stored') },
        ],
      },
    })
    await pipeline.settled(1)
    const { rows } = await pool.query('select instance from lifecycle')
    expect(rows).toEqual([{ instance: 'replayed-1' }])
    expect(await json('rejected', 'list', '--limit', 'all')).toMatchObject({
      result: [
        { id: notObject, reason: 'not an object' },
        { id: truncated, truncated: true },
        { id: 3 },
        { id: 2 },
        { id: 1 },
      ],
    })

    const [another] = await insertRejected(pool, [rejectedNotification(3)])
    expect(await pipeline.run('rejected', 'replay', String(another))).toEqual({
      code: 0,
      output: 'stored 1, duplicates 0, rejected 0\n',
    })
    expect(await pipeline.run('rejected', 'replay', '--all')).toEqual({
      code: 0,
      output: 'stored 0, duplicates 0, rejected 4, not replayed 1 (too large: only the beginning is stored)\n',
    })
    expect(await pipeline.run('rejected', 'replay', '1', '999')).toEqual({
      code: 1,
      output: 'there is no rejected message 999; nothing was replayed\n',
    })
  })
})

describe('exists', () => {
  beforeEach(async () => {
    const stream = captured('nova_unversioned')
    published += await publish(pipeline.vhost, stream)
    await pipeline.settled(stream.length)
    const { pool } = pipeline.database
    await pool.query(`
      update instance_exists set status = 'failed', fail_reason = 'launch differs: tenant is ' || instance
       where id in (select id from instance_exists order by audit_period_ending desc, id desc limit 2)`)
    await pool.query(`
      insert into image_exists (deployment_id, dedup_key, message_id, notification_id, "when", tie_break, uuid,
                                created_at, status, send_status, audit_period_ending)
      select 1, 'k' || n, 'm' || n, n, n, '', 'image-' || n, n, 'verified', 201, n from generate_series(1, 3) as n`)
  })

  test('are counted and listed with their verdicts', async () => {
    const { rows } = await pipeline.database.pool.query(
      `select message_id, instance, status, fail_reason as reason, send_status, confirm_status from instance_exists
        order by audit_period_ending desc, id desc`,
    )
    expect(rows.length).toBeGreaterThan(4)
    expect(await json('exists', 'summary')).toEqual({
      code: 0,
      result: {
        nova: {
          pending: rows.length - 2,
          verifying: 0,
          verified: 0,
          failed: 2,
          send_status: { 0: rows.length },
          reasons: [{ reason: 'launch differs', count: 2 }],
        },
        glance: { pending: 0, verifying: 0, verified: 3, failed: 0, send_status: { 201: 3 }, reasons: [] },
      },
    })
    expect((await pipeline.run('exists', 'summary')).output).toMatch(/│ glance +│ 201 confirmed +│ 3 /)

    const expected = [
      ...rows.map((row) => ({ service: 'nova', ...row })),
      ...[3, 2, 1].map((n) => ({
        service: 'glance',
        message_id: `m${n}`,
        uuid: `image-${n}`,
        status: 'verified',
        reason: null,
        send_status: 201,
        confirm_status: null,
      })),
    ]
    expect(await json('exists', 'list')).toEqual({ code: 0, result: expected })
    expect(await json('exists', 'list', '--limit', '2')).toEqual({ code: 0, result: expected.slice(0, 2) })
    expect(await json('exists', 'list', '--status', 'failed')).toEqual({ code: 0, result: expected.slice(0, 2) })
    expect(await json('exists', 'list', '--reason', 'TENANT', '--limit', 'all')).toMatchObject({
      result: expected.slice(0, 2),
    })
    expect(await json('exists', 'list', '--service', 'glance', '--limit', '1')).toEqual({
      code: 0,
      result: [expected.at(-3)],
    })
    expect(await json('exists', 'list', '--from', '2026-11-23', '--service', 'glance')).toEqual({ code: 0, result: [] })
    expect(await json('exists', 'list', '--to', '1970-01-02')).toEqual({ code: 0, result: expected.slice(-3) })
    expect((await pipeline.run('exists', 'list', '--limit', '2')).output).toContain(
      'showing the first 2; use --limit for more',
    )
    expect(await json('status', '--count')).toMatchObject({
      result: { exists: { nova: { failed: 2 }, glance: { verified: 3 } } },
    })
  })

  test('are verified by jobs: all pending ones, or all in a range again', async () => {
    const { pool } = pipeline.database
    const { rows } = await pool.query('select from instance_exists')
    const zero = { verified: 0, failed: 0 }
    // All pending exists are verified, even before VERIFY_SETTLE_SECONDS have passed.
    const anyCounts = { verified: expect.any(Number), failed: expect.any(Number) }
    expect(await json('exists', 'verify', '--wait')).toEqual({ code: 0, result: { nova: anyCounts, glance: zero } })
    expect(await json('exists', 'summary')).toMatchObject({ result: { nova: { pending: 0 } } })
    expect(await json('exists', 'verify', '--wait')).toEqual({ code: 0, result: { nova: zero, glance: zero } })
    // All exists in a range are verified again.
    const range = ['--service', 'nova', '--from', '2026-11-01', '--to', '2026-12-31']
    const verified = 7
    // These instances were launched before the stream begins.
    const withoutLaunch = rows.length - verified
    expect(await json('exists', 'verify', ...range, '--wait')).toEqual({
      code: 0,
      result: { nova: { verified, failed: withoutLaunch } },
    })
    await pool.query(`update instance_launch set tenant = 'another'`)
    expect(await pipeline.run('exists', 'verify', ...range, '--wait')).toEqual({
      code: 0,
      output: `nova: verified 0, failed ${rows.length}\n`,
    })
    const reasons = [
      { reason: 'no launch', count: withoutLaunch },
      { reason: 'launch differs', count: verified },
    ]
    expect(await json('exists', 'summary')).toMatchObject({ result: { nova: { failed: rows.length, reasons } } })
    expect(await json('exists', 'verify')).toEqual({
      code: 0,
      result: { nova: { job: expect.stringMatching(/^\d+$/) }, glance: { job: expect.stringMatching(/^\d+$/) } },
    })
  })
})

describe('jobs', () => {
  test('that failed after their last attempt are listed with their reason and retried', async () => {
    const { pool } = pipeline.database
    await pool.query('alter table report rename to renamed')
    const enqueued = await json('report', 'run', 'image-events-audit', '--at', '2026-11-20')
    expect(enqueued.code).toBe(0)
    await jobs.printed(/"job":"report".*"willRetry":false.*"job failed"/, 40_000)
    const { result } = await json('jobs', 'list')
    expect(result).toMatchObject({
      failed: [
        {
          id: expect.stringMatching(/^reports\/\d+$/),
          name: 'report',
          payload: { report: 'image-events-audit', once: false },
          reason: expect.stringContaining('"report" does not exist'),
          attempts: 5,
        },
      ],
    })
    const id = /reports\/\d+/.exec(JSON.stringify(result))?.[0] ?? ''
    expect((await pipeline.run('jobs', 'list')).output).toContain(id)

    await pool.query('alter table renamed rename to report')
    expect(await pipeline.run('jobs', 'retry', id)).toEqual({ code: 0, output: `retried: ${id}\n` })
    await until(
      async () => (await pool.query('select from report where name = $1', ['image events audit'])).rowCount === 1,
    )
    await until(async () =>
      (await pipeline.run('jobs', 'retry', id)).output.includes('the job is completed, not failed'),
    )
    expect(await pipeline.run('jobs', 'retry', 'nonsense/1')).toEqual({
      code: 1,
      output: expect.stringContaining('nonsense/1: unknown queue nonsense: the queues are'),
    })
    expect(await pipeline.run('jobs', 'retry', '--all')).toEqual({ code: 0, output: 'retried: none\n' })
  })
})
