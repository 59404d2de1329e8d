import { readFileSync } from 'node:fs'
import { type Instant, periodLengths, reportKinds, type TimePeriod } from '@stacktach/domain'
import { ConfigError, messageOf } from '@stacktach/runtime'
import { CronExpressionParser } from 'cron-parser'
import { z } from 'zod'
import { percentile } from './catalog.ts'

const schedule = z
  .strictObject({
    report: z.enum(reportKinds),
    /** Times in UTC at which the report of the last complete period is made: five fields, or six with seconds first. */
    cron: z.string().superRefine((pattern, { addIssue }) => {
      try {
        CronExpressionParser.parse(pattern, { tz: 'UTC' }).next()
      } catch (error) {
        addIssue(`invalid cron pattern: ${messageOf(error)}`)
      }
    }),
    period: z.enum(periodLengths).default('day'),
    /** Prefix of the names of its deployments. */
    region: z.string().toLowerCase().default(''),
    /** Names of its deployments, instead of a region. */
    deployments: z.array(z.string().min(1)).min(1).optional(),
    percentile: percentile.optional(),
  })
  .superRefine(({ report, region, deployments, percentile }, { addIssue }) => {
    if (region !== '' && deployments !== undefined) addIssue('use either region or deployments')
    if (percentile !== undefined && report !== 'region-summary') addIssue('percentile is only for region-summary')
  })

/** A scheduled report. */
export type ReportSchedule = z.output<typeof schedule>

/** 4:00 UTC: the exists of the previous day have arrived and are verified by then. */
const DEFAULT_CRON = '0 4 * * *'

const VARIABLE = 'REPORT_SCHEDULES'

/**
 * Parses REPORT_SCHEDULES: a JSON array, or the path of a file that contains one. By default each report is made daily.
 *
 * @throws ConfigError with one line per fault
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
    if (keys.indexOf(key) < index) faults.push(`${index}: duplicate of entry ${keys.indexOf(key)}`)
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
    throw new ConfigError(`${VARIABLE} ${inline ? '' : `${value}: `}${messageOf(error)}`)
  }
}

/** When the report of a period is due: the first scheduled time at or after the period's end. */
export function dueAt({ cron }: Pick<ReportSchedule, 'cron'>, { until: end }: TimePeriod): Instant {
  // next() returns a time after currentDate.
  const currentDate = new Date(end / 1000 - 1)
  return CronExpressionParser.parse(cron, { tz: 'UTC', currentDate }).next().getTime() * 1000
}
