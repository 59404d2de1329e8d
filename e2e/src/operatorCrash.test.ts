import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { systemStatus } from '@stacktach/db'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { insertRejected, rejectedNotification } from './rejected.ts'
import { until } from './until.ts'

const VALID = 5_400
const INVALID = 600

let pipeline: Pipeline

beforeEach(async () => {
  pipeline = await startPipeline(['east'])
})

afterEach(() => pipeline.stop())

/** Numbers of stored and of rejected messages, and of the distinct messages in both. */
async function countMessages(): Promise<{ stored: number; rejected: number; distinct: number }> {
  const { rows } = await pipeline.database.pool.query<{ stored: number; rejected: number; distinct: number }>(
    `with stored as (select message_id as id from notification_nova),
          rejected as (select coalesce(convert_from(body, 'utf8')::json ->> 'message_id', id::text) as id from rejected_message)
     select (select count(*) from stored)::int as stored, (select count(*) from rejected)::int as rejected,
            (select count(*) from (select id from stored union select id from rejected) as either)::int as distinct`,
  )
  const [counts] = rows
  if (counts === undefined) throw new Error('the count returned no row')
  return counts
}

test('every message is either stored or rejected when jobs is killed during a replay', async () => {
  const bodies = Array.from({ length: VALID + INVALID }, (_, index) =>
    index % 10 === 3 ? Buffer.from(`{"message_id": "bad-${index}"}`) : rejectedNotification(index),
  )
  await insertRejected(pipeline.database.pool, bodies, 'time out of range')
  let jobs = await pipeline.start('jobs')
  const replay = pipeline.run('rejected', 'replay', '--all', '--json')
  let storedBefore = 0
  let kills = 0
  while (kills < 2) {
    await until(async () => (await countMessages()).stored > storedBefore + 500, 60_000)
    expect(await jobs.stop('SIGKILL')).toBeNull()
    kills++
    // PostgreSQL may still commit or roll back the last transaction of the killed process.
    await until(async () => (await backends()) === 0)
    const { stored, rejected, distinct } = await countMessages()
    expect({ sum: stored + rejected, distinct }).toEqual({ sum: VALID + INVALID, distinct: VALID + INVALID })
    expect(stored).toBeLessThan(VALID)
    storedBefore = stored
    jobs = await pipeline.start('jobs')
  }
  const { code, output } = await replay
  const counts = JSON.parse(output)
  expect(code).toBe(0)
  // A batch that was committed right before a kill is missing in the counts: at most one per kill.
  expect(counts).toMatchObject({ duplicates: 0, truncated: 0 })
  expect(counts.stored).toBeGreaterThanOrEqual(VALID - kills * 500)
  expect(counts.stored).toBeLessThanOrEqual(VALID)
  await pipeline.settled(VALID + INVALID)
  expect(await countMessages()).toEqual({ stored: VALID, rejected: INVALID, distinct: VALID + INVALID })
  expect(await systemStatus(pipeline.database, true)).toMatchObject({
    stored: { nova: VALID },
    rejected: INVALID,
    backlog: 0,
  })
  const { rows } = await pipeline.database.pool.query('select reason, count(*)::int from rejected_message group by 1')
  expect(rows).toEqual([{ reason: 'no event_type', count: INVALID }])
  expect((await pipeline.database.pool.query('select from lifecycle')).rowCount).toBe(VALID)
})

/** Number of open database connections of the jobs process. */
async function backends(): Promise<number> {
  const { rows } = await pipeline.database.pool.query<{ number: number }>(
    `select count(*)::int as number from pg_stat_activity
      where datname = current_database() and application_name = 'stacktach jobs'`,
  )
  return rows[0]?.number ?? 0
}
