import { expect, test } from '@jest/globals'
import { systemStatus } from '@stacktach/db'
import { aggregates } from './aggregates.ts'
import { startPipeline } from './pipeline.ts'
import { hoursAgo, simulate } from './simulate.ts'

/** Both processes are killed at least this often, even if the stream ends earlier. */
const MIN_KILLS = 3

const deployments = ['east', 'west']
const options = { seed: 'crash', format: 'both' as const, deployments, operations: 60 }

/** The counts and aggregates of a simulated cloud, without row ids; `kill` kills ingest and jobs while it sends. */
async function runCloud(start: number, kill: boolean) {
  const pipeline = await startPipeline(deployments, { BATCH_SIZE: '50' })
  try {
    let ingest = await pipeline.start('ingest')
    let jobs = await pipeline.start('jobs')
    const simulation = simulate(pipeline, start, 2, options, kill ? 300 : 0)
    let kills = 0
    if (kill) {
      let publishing = true
      const stopKilling = () => {
        publishing = false
      }
      simulation.then(stopKilling, stopKilling)
      while (publishing || kills < MIN_KILLS) {
        await new Promise((resolve) => setTimeout(resolve, 500))
        expect(await ingest.stop('SIGKILL')).toBeNull()
        expect(await jobs.stop('SIGKILL')).toBeNull()
        kills++
        ingest = await pipeline.start('ingest')
        jobs = await pipeline.start('jobs')
      }
    }
    const { notifications } = await simulation
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

test('killing ingest and jobs in the middle of the stream causes no loss and no duplicate', async () => {
  const start = hoursAgo(2)
  const interrupted = await runCloud(start, true)
  expect(interrupted).toMatchObject({
    stored: interrupted.notifications,
    rows: interrupted.notifications,
    ids: interrupted.notifications,
    rejected: 0,
  })
  const uninterrupted = await runCloud(start, false)
  expect(interrupted.notifications).toBe(uninterrupted.notifications)
  expect(interrupted.aggregates).toEqual(uninterrupted.aggregates)
}, 300_000)
