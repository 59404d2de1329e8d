import type { StoredReport } from '@stacktach/db'
import {
  DAY,
  floorTo,
  HOUR,
  type Instant,
  type PeriodLength,
  periodHolding,
  type ReportKind,
  reportOrigin,
  type TimePeriod,
} from '@stacktach/domain'
import type { Payload } from '@stacktach/jobs'

const DEFAULT_HOURS = 24

export interface ReportPeriodOptions {
  period?: PeriodLength
  at: Instant
  hours?: number
  startHour?: number
}

export interface ReportOptions extends ReportPeriodOptions {
  region?: string
  deployment?: string[]
  percentile?: number
  inProgress?: boolean
}

/**
 * Builds the job payload from the options of `report run`.
 *
 * @returns an error message when the options cannot be combined
 */
export function reportPayload(report: ReportKind, options: ReportOptions): Payload<'report'> | string {
  const { region, deployment, percentile, inProgress } = options
  const period = periodOf(report, options)
  if (typeof period === 'string') return period
  if (percentile !== undefined && report !== 'region-summary') return 'only region-summary has --percentile'
  if (region !== undefined && deployment !== undefined) return 'use either --region or --deployment'
  return {
    report,
    period,
    region: region?.toLowerCase() ?? '',
    deployments: deployment,
    percentile,
    once: false,
    inProgress: inProgress ?? false,
  }
}

/**
 * Builds the job payload that makes a stored report again.
 *
 * @returns null when no report kind has its name
 */
export function repeatPayload(report: StoredReport, inProgress: boolean): Payload<'report'> | null {
  const { name, region, parameters, periodStart: start, periodEnd: end } = report
  const origin = reportOrigin({ name, region, period: { from: start, until: end } })
  if (origin === null) return null
  return {
    report: origin.kind,
    period: origin.period,
    region: parameters.deployments === undefined ? region : '',
    ...parameters,
    once: false,
    inProgress,
  }
}

/**
 * The period that contains `at`; with `hours` or `startHour`, these hours of the day of `at`.
 *
 * @returns an error message when the options cannot be combined
 */
export function periodOf(kind: ReportKind, { period, at, hours, startHour }: ReportPeriodOptions): TimePeriod | string {
  if (hours === undefined && startHour === undefined) return periodHolding(at, period ?? 'day')
  if (kind !== 'region-summary') return 'only region-summary has --hours and --start-hour'
  if (period !== undefined) return 'use either --period or --hours and --start-hour'
  const start = floorTo(at, DAY) + (startHour ?? 0) * HOUR
  return { from: start, until: start + (hours ?? DEFAULT_HOURS) * HOUR }
}
