import { missingReports } from '@stacktach/db'
import { completePeriods, DAY, type Duration, reportHeading } from '@stacktach/domain'
import { dueAt, type Result } from '@stacktach/jobs'
import type { JobContext } from '../context.ts'

/** How long after its period a missed report is still made; a report of the last period is always made. */
const CATCH_UP: Duration = 7 * DAY

/**
 * Enqueues each scheduled report that is due and not made yet. Runs at the scheduled times and every ten minutes, so that
 * reports that were missed while no jobs process ran are made later. Concurrent runs result in one report.
 */
export async function enqueueDueReports({
  database,
  producer,
  clock,
  schedules,
}: JobContext): Promise<Result<'due-reports'>> {
  const now = clock()
  const due = schedules.flatMap((schedule) =>
    completePeriods(now, schedule.period, now - CATCH_UP)
      .filter((period) => dueAt(schedule, period) <= now)
      .map((period) => {
        const { deployments, percentile } = schedule
        const region = deployments?.join(',') ?? schedule.region
        const heading = reportHeading(schedule.report, { period, region })
        return {
          ...heading,
          over: period.until,
          region,
          parameters: { deployments, percentile },
          schedule,
          // The requested period; the one in the heading is the stored one, which can end a second earlier.
          timePeriod: period,
        }
      }),
  )
  const missing = await missingReports(database, due)
  for (const { schedule, timePeriod: period } of missing) {
    const { report, region, deployments, percentile } = schedule
    await producer.enqueue('report', { report, period, region, deployments, percentile, once: true, inProgress: false })
  }
  return { enqueued: missing.length }
}
