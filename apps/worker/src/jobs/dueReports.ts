import { missingReports } from '@stacktach/db'
import { completePeriods, DAY, reportHeading } from '@stacktach/domain'
import { dueAt } from '@stacktach/jobs'
import type { JobContext } from './context.ts'

/** How long ago a period may have ended whose report nobody made; the last one of each length is made in any case. */
const MADE_UP_FOR = 7 * DAY

/**
 * Asks for each report that is due by its schedule and not made yet: rung at the times the schedules name, and now and
 * then, so that what was missed while jobs were down is made up for. However many ask, one is made.
 */
export async function dueReports({ database, producer, clock, schedules }: JobContext): Promise<{ asked: number }> {
  const now = clock()
  const due = schedules.flatMap((schedule) =>
    completePeriods(now, schedule.period, now - MADE_UP_FOR)
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
          whole: period,
        }
      }),
  )
  const missing = await missingReports(database, due)
  for (const { schedule, whole: period } of missing) {
    const { report, region, deployments, percentile } = schedule
    await producer.enqueue('report', { report, period, region, deployments, percentile, once: true, inProgress: false })
  }
  return { asked: missing.length }
}
