import { expect, test } from '@jest/globals'
import { systemStatus } from '@stacktach/db'
import { aggregates } from './aggregates.ts'
import { startPipeline } from './pipeline.ts'
import { hoursAgo, simulate } from './simulate.ts'

/** How often both are killed at least, however fast the stream is over. */
const KILLS = 3

const deployments = ['east', 'west']
const options = { seed: 'crash', format: 'both' as const, deployments, operations: 150 }

/** What a cloud's aggregates are, row ids aside. */
async function outcome(start: number, disturb: boolean) {
  const pipeline = await startPipeline(deployments, { BATCH_SIZE: '50' })
  try {
    let ingest = await pipeline.start('ingest')
    let jobs = await pipeline.start('jobs')
    const published = simulate(pipeline, start, 2, options, disturb ? 300 : 0)
    let kills = 0
    if (disturb) {
      let publishing = true
      const ended = () => {
        publishing = false
      }
      published.then(ended, ended)
      while (publishing || kills < KILLS) {
        await new Promise((resolve) => setTimeout(resolve, 500))
        expect(await ingest.stop('SIGKILL')).toBeNull()
        expect(await jobs.stop('SIGKILL')).toBeNull()
        kills++
        ingest = await pipeline.start('ingest')
        jobs = await pipeline.start('jobs')
      }
    }
    const { notifications } = await published
    await pipeline.settled(notifications)
    const { stored, rejected } = await systemStatus(pipeline.database, true)
    const ids = await pipeline.database.pool.query<{ rows: number; ids: number }>(
      `select count(*)::int as rows, count(distinct message_id)::int as ids
         from (select message_id from notification_nova union all select message_id from notification_glance) as n`,
    )
    return {
      kills,
      notifications,
      stored: stored.nova + stored.glance,
      rejected,
      ...ids.rows[0],
      aggregates: await aggregates(pipeline.database),
    }
  } finally {
    await pipeline.stop()
  }
}

test('ingest and jobs killed in the middle of the stream lose nothing and double nothing', async () => {
  const start = hoursAgo(2)
  const disturbed = await outcome(start, true)
  expect(disturbed).toMatchObject({
    stored: disturbed.notifications,
    rows: disturbed.notifications,
    ids: disturbed.notifications,
    rejected: 0,
  })
  const quiet = await outcome(start, false)
  expect(disturbed.notifications).toBe(quiet.notifications)
  expect(disturbed.aggregates).toEqual(quiet.aggregates)
})
