import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { floorTo, formatInstant, HOUR } from '@stacktach/domain'
import { dropRedisKeys, type TestProcess } from '@stacktach/testing'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { hoursAgo, simulate } from './simulate.ts'
import { until } from './until.ts'

const HOURS = 4

/** Every second, so that a schedule that is kept is heard at once. */
const schedules = [
  { report: 'image-events-audit', cron: '* * * * * *', period: 'hour' },
  { report: 'region-summary', cron: '* * * * * *', period: 'hour', region: 'east' },
]

let pipeline: Pipeline
let jobs: TestProcess[] = []

beforeAll(async () => {
  pipeline = await startPipeline(['east'], { REPORT_SCHEDULES: JSON.stringify(schedules) })
  await pipeline.start('ingest')
  await simulate(pipeline, hoursAgo(HOURS), HOURS, { seed: 'schedules', deployments: ['east'], operations: 60 })
})

afterAll(() => pipeline.stop())

const startJobs = async () => {
  jobs = await Promise.all([pipeline.start('jobs'), pipeline.start('jobs')])
}

/** The start of the period of each report there is, by its name. */
async function made(): Promise<Record<string, string[]>> {
  const { rows } = await pipeline.database.pool.query<{ name: string; period_start: string }>(
    'select name, period_start from report order by name, period_start',
  )
  const found: Record<string, string[]> = {}
  for (const { name, period_start } of rows) {
    found[name] = [...(found[name] ?? []), formatInstant(Number(period_start))]
  }
  return found
}

/** One for each complete hour since the first notification, and none for the one in progress. */
async function expected(): Promise<Record<string, string[]>> {
  const { rows } = await pipeline.database.pool.query<{ nova: string; glance: string }>(
    'select (select min("when") from notification_nova) as nova, (select min("when") from notification_glance) as glance',
  )
  const hours = (first: string | undefined) => {
    const starts: string[] = []
    const now = floorTo(Date.now() * 1000, HOUR)
    for (let start = floorTo(Number(first), HOUR); start < now; start += HOUR) starts.push(formatInstant(start))
    return starts
  }
  return { 'image events audit': hours(rows[0]?.glance), 'summary for region: east': hours(rows[0]?.nova) }
}

/** How often the jobs processes have looked for due reports and found none. */
const looks = () =>
  jobs.reduce((sum, process) => sum + [...process.output().matchAll(/"job":"due-reports".*"enqueued":0/g)].length, 0)

/** Waits until every report is there, and for two more looks, which would make a second one. */
async function eachOnce(): Promise<void> {
  const isComplete = async () => JSON.stringify(await made()) === JSON.stringify(await expected())
  await until(isComplete, 40_000, async () => JSON.stringify(await made()))
  const before = looks()
  await until(() => looks() >= before + 2, 20_000, 'two more looks for due reports')
  expect(await made()).toEqual(await expected())
}

/** As if the last report had never been made. */
const forgetLast = () =>
  pipeline.database.pool.query(
    'delete from report where id in (select id from report order by period_start desc limit 2)',
  )

test('what fell due while no jobs process ran is made up for when two start, each report once', async () => {
  await startJobs()
  await eachOnce()
  expect(Object.values(await expected()).every((hours) => hours.length >= HOURS - 1)).toBe(true)
})

test('a report that falls due later is made by its schedule', async () => {
  await forgetLast()
  await eachOnce()
})

test('a wiped Redis gets its schedules back', async () => {
  await dropRedisKeys(pipeline.vhost.name)
  await forgetLast()
  await eachOnce()
})

test('jobs that were down, and a Redis that was wiped meanwhile, make up for it', async () => {
  await Promise.all(jobs.map((process) => process.stop()))
  await dropRedisKeys(pipeline.vhost.name)
  await pipeline.database.pool.query('delete from report')
  await startJobs()
  await eachOnce()
})

test('a schedule that is wrong ends the process, and every fault is told', async () => {
  const wrong = await startPipeline(['east'], { REPORT_SCHEDULES: '[{"report":"nope","cron":"x"}]' })
  await expect(wrong.start('jobs')).rejects.toThrow(/REPORT_SCHEDULES 0\.report: .*\n.*REPORT_SCHEDULES 0\.cron: /)
  await wrong.stop()
})
