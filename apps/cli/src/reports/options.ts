import {
  DAY,
  floorTo,
  HOUR,
  type Instant,
  type PeriodLength,
  periodHolding,
  type ReportKind,
  type TimePeriod,
} from '@stacktach/domain'
import { InvalidArgumentError } from 'commander'

export interface PeriodOptions {
  period?: PeriodLength
  at: Instant
  hours?: number
  startHour?: number
}

/**
 * The period that a report is asked for: the one of its length that holds `at`, or so many hours of that day.
 *
 * @returns what is wrong with the options, when they do not go together
 */
export function periodOf(kind: ReportKind, { period, at, hours, startHour }: PeriodOptions): TimePeriod | string {
  if (hours === undefined && startHour === undefined) return periodHolding(at, period ?? 'day')
  if (kind !== 'region-summary') return 'only region-summary has --hours and --start-hour'
  if (period !== undefined) return 'there is either --period or --hours and --start-hour'
  const start = floorTo(at, DAY) + (startHour ?? 0) * HOUR
  return { from: start, until: start + (hours ?? 24) * HOUR }
}

/** A whole number within limits. */
export function wholeOption(minimum: number, maximum: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (!/^\d+$/.test(value) || number < minimum || number > maximum) {
      throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`)
    }
    return number
  }
}
