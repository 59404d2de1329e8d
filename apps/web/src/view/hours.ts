import { DAY, type Duration, floorTo, HOUR, type Instant, type TimePeriod } from '@stacktach/domain'

/** A count of one step of a chart. */
export interface HourCount {
  from: Instant
  step: Duration
  count: number
}

/** Longest period whose chart has one bar per hour; longer ones have one per day. */
export const HOURLY_UNTIL: Duration = 8 * DAY

/** The counts of all hours of a period, or of all days of a long one; those without a row are zero. */
export function everyHour(period: TimePeriod, rows: readonly { hour: Instant; count: number }[]): HourCount[] {
  const step = period.until - period.from > HOURLY_UNTIL ? DAY : HOUR
  const counts = new Map<Instant, number>()
  for (const { hour, count } of rows) {
    const from = floorTo(hour, step)
    counts.set(from, (counts.get(from) ?? 0) + count)
  }
  const steps: HourCount[] = []
  for (let from = floorTo(period.from, step); from < period.until; from += step) {
    steps.push({ from, step, count: counts.get(from) ?? 0 })
  }
  return steps
}
