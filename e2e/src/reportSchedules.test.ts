import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { floorTo, formatInstant, HOUR } from '@stacktach/domain'
import { dropRedisKeys, type TestProcess } from '@stacktach/testing'
import { type Pipeline, startPipeline } from './pipeline.ts'
import { hoursAgo, simulate } from './simulate.ts'
import { until } from './until.ts'

const HOURS = 4

/** Schedules that are due every second. */
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

/** The period starts of all reports, by name. */
async function storedReports(): Promise<Record<string, string[]>> {
  const { rows } = await pipeline.database.pool.query<{ name: string; period_start: number }>(
    'select name, period_start from report order by name, period_start',
  )
  const starts: Record<string, string[]> = {}
  for (const { name, period_start } of rows) {
    starts[name] = [...(starts[name] ?? []), formatInstant(period_start)]
  }
  return starts
}

/** The period starts to expect: one for each complete hour since the first notification. */
async function expectedReports(): Promise<Record<string, string[]>> {
  const { rows } = await pipeline.database.pool.query<{ nova: number; glance: number }>(
    'select (select min("when") from notification_nova) as nova, (select min("when") from notification_glance) as glance',
  )
  const hours = (first: number | undefined) => {
    const hourStarts: string[] = []
    const now = floorTo(Date.now() * 1000, HOUR)
    for (let start = floorTo(Number(first), HOUR); start < now; start += HOUR) hourStarts.push(formatInstant(start))
    return hourStarts
  }
  return { 'image events audit': hours(rows[0]?.glance), 'summary for region: east': hours(rows[0]?.nova) }
}

/** How often the jobs processes have checked for due reports and found none. */
const checks = () =>
  jobs.reduce((sum, process) => sum + [...process.output().matchAll(/"job":"due-reports".*"enqueued":0/g)].length, 0)

/** Waits for all expected reports, and for two more checks, which must not create duplicates. */
async function expectEachReportOnce(): Promise<void> {
  const isComplete = async () => JSON.stringify(await storedReports()) === JSON.stringify(await expectedReports())
  await until(isComplete, 40_000, async () => JSON.stringify(await storedReports()))
  const checksBefore = checks()
  await until(() => checks() >= checksBefore + 2, 20_000, 'two more checks for due reports')
  expect(await storedReports()).toEqual(await expectedReports())
}

/** Deletes the report of each kind with the latest period. */
const deleteLatest = () =>
  pipeline.database.pool.query(
    'delete from report where id in (select id from report order by period_start desc limit 2)',
  )

test('reports that became due while no jobs process ran are created once after two start', async () => {
  await startJobs()
  await expectEachReportOnce()
  expect(Object.values(await expectedReports()).every((hours) => hours.length >= HOURS - 1)).toBe(true)
})

test('a report that becomes due later is created by its schedule', async () => {
  await deleteLatest()
  await expectEachReportOnce()
})

test('schedules are restored after Redis lost its data', async () => {
  await dropRedisKeys(pipeline.vhost.name)
  await deleteLatest()
  await expectEachReportOnce()
})

test('missed reports are created after a stop of all jobs processes and a loss of Redis data', async () => {
  await Promise.all(jobs.map((process) => process.stop()))
  await dropRedisKeys(pipeline.vhost.name)
  await pipeline.database.pool.query('delete from report')
  await startJobs()
  await expectEachReportOnce()
})

test('invalid schedules end the process, and every fault is logged', async () => {
  const invalid = await startPipeline(['east'], { REPORT_SCHEDULES: '[{"report":"nope","cron":"x"}]' })
  await expect(invalid.start('jobs')).rejects.toThrow(/REPORT_SCHEDULES 0\.report: .*\n.*REPORT_SCHEDULES 0\.cron: /)
  await invalid.stop()
})
