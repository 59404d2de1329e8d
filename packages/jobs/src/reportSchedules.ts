import { readFileSync } from 'node:fs'
import { type Instant, periodLengths, reportKinds, type TimePeriod } from '@stacktach/domain'
import { ConfigError } from '@stacktach/runtime'
import { CronExpressionParser } from 'cron-parser'
import { z } from 'zod'
import { percentile } from './catalog.ts'

const schedule = z
  .strictObject({
    report: z.enum(reportKinds),
    /** When, in UTC, the report of the last complete period is made: five fields, or six with seconds first. */
    cron: z.string().superRefine((pattern, { addIssue }) => {
      try {
        CronExpressionParser.parse(pattern, { tz: 'UTC' }).next()
      } catch (error) {
        addIssue(`is no cron pattern: ${error instanceof Error ? error.message : String(error)}`)
      }
    }),
    period: z.enum(periodLengths).default('day'),
    /** Deployments whose name begins so. */
    region: z.string().toLowerCase().default(''),
    /** Exactly these deployments instead. */
    deployments: z.array(z.string().min(1)).min(1).optional(),
    percentile: percentile.optional(),
  })
  .superRefine(({ report, region, deployments, percentile }, { addIssue }) => {
    if (region !== '' && deployments !== undefined) addIssue('has both a region and deployments')
    if (percentile !== undefined && report !== 'region-summary') addIssue('only region-summary has a percentile')
  })

/** A scheduled report. */
export type ReportSchedule = z.output<typeof schedule>

/** Hours after midnight, so that the audits of nova and glance for the previous day have arrived and are verified. */
const DEFAULT_CRON = '0 4 * * *'

const VARIABLE = 'REPORT_SCHEDULES'

/**
 * Parses REPORT_SCHEDULES: a JSON array, or the path of a file that contains one. By default each report is made daily.
 *
 * @throws ConfigError naming every fault
 */
export function reportSchedules(value: string | undefined): ReportSchedule[] {
  if (value === undefined) {
    return reportKinds.map((report) => ({ report, cron: DEFAULT_CRON, period: 'day' as const, region: '' }))
  }
  const parsed = z.array(schedule).safeParse(readJson(value))
  const faults = (parsed.error?.issues ?? []).map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  )
  const keys = (parsed.data ?? []).map(({ cron: _, ...subject }) => JSON.stringify(subject))
  for (const [index, key] of keys.entries()) {
    if (keys.indexOf(key) < index) faults.push(`${index}: the same report is there twice`)
  }
  if (!parsed.success || faults.length > 0) {
    throw new ConfigError(faults.map((fault) => `${VARIABLE} ${fault}`).join('\n'))
  }
  return parsed.data
}

function readJson(value: string): unknown {
  const inline = value.trimStart().startsWith('[')
  try {
    return JSON.parse(inline ? value : readFileSync(value, 'utf8'))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigError(`${VARIABLE} ${inline ? '' : `${value}: `}${reason}`)
  }
}

/** When the report of a period is due: the first scheduled time at or after the period's end. */
export function dueAt({ cron }: Pick<ReportSchedule, 'cron'>, { until: end }: TimePeriod): Instant {
  // next() returns a time after currentDate.
  const currentDate = new Date(end / 1000 - 1)
  return CronExpressionParser.parse(cron, { tz: 'UTC', currentDate }).next().getTime() * 1000
}
