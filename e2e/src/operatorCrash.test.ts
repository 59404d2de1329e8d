import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { systemStatus } from '@stacktach/db'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { insertRejected, rejectedNotification } from './rejected.ts'
import { until } from './until.ts'

const GOOD = 5_400
const BAD = 600

let pipeline: Pipeline

beforeEach(async () => {
  pipeline = await startPipeline(['east'])
})

afterEach(() => pipeline.stop())

/** How many notifications are stored and how many rejected, and the sum of both without those that are in both. */
async function places(): Promise<{ stored: number; rejected: number; distinct: number }> {
  const { rows } = await pipeline.database.pool.query<{ stored: number; rejected: number; distinct: number }>(
    `with stored as (select message_id as id from notification_nova),
          rejected as (select coalesce(convert_from(body, 'utf8')::json ->> 'message_id', id::text) as id from rejected_message)
     select (select count(*) from stored)::int as stored, (select count(*) from rejected)::int as rejected,
            (select count(*) from (select id from stored union select id from rejected) as either)::int as distinct`,
  )
  const [counts] = rows
  if (counts === undefined) throw new Error('a count has a row')
  return counts
}

test('jobs killed in the middle of a replay leave each message stored or rejected, never both, never neither', async () => {
  const bodies = Array.from({ length: GOOD + BAD }, (_, index) =>
    index % 10 === 3 ? Buffer.from(`{"message_id": "bad-${index}"}`) : rejectedNotification(index),
  )
  await insertRejected(pipeline.database.pool, bodies, 'time out of range')
  let jobs = await pipeline.start('jobs')
  const replay = pipeline.run('rejected', 'replay', '--all', '--json')
  let before = 0
  let kills = 0
  while (kills < 2) {
    await until(async () => (await places()).stored > before + 500, 60_000)
    expect(await jobs.stop('SIGKILL')).toBeNull()
    kills++
    // What the killed process had sent may still be committed or rolled back.
    await until(async () => (await backends()) === 0)
    const { stored, rejected, distinct } = await places()
    expect({ sum: stored + rejected, distinct }).toEqual({ sum: GOOD + BAD, distinct: GOOD + BAD })
    expect(stored).toBeLessThan(GOOD)
    before = stored
    jobs = await pipeline.start('jobs')
  }
  const { code, output } = await replay
  const answer = JSON.parse(output)
  expect(code).toBe(0)
  // Of the steps that were cut off after their commit nobody was told: at most one a kill.
  expect(answer).toMatchObject({ known: 0, refused: 0 })
  expect(answer.stored).toBeGreaterThanOrEqual(GOOD - kills * 500)
  expect(answer.stored).toBeLessThanOrEqual(GOOD)
  await pipeline.settled(GOOD + BAD)
  expect(await places()).toEqual({ stored: GOOD, rejected: BAD, distinct: GOOD + BAD })
  expect(await systemStatus(pipeline.database, true)).toMatchObject({
    stored: { nova: GOOD },
    rejected: BAD,
    backlog: 0,
  })
  const { rows } = await pipeline.database.pool.query('select reason, count(*)::int from rejected_message group by 1')
  expect(rows).toEqual([{ reason: 'no event_type', count: BAD }])
  expect((await pipeline.database.pool.query('select from lifecycle')).rowCount).toBe(GOOD)
})

/** Connections of the jobs process that PostgreSQL still has. */
async function backends(): Promise<number> {
  const { rows } = await pipeline.database.pool.query<{ number: number }>(
    `select count(*)::int as number from pg_stat_activity
      where datname = current_database() and application_name = 'stacktach jobs'`,
  )
  return rows[0]?.number ?? 0
}
