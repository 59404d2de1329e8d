import { DAY, FIRST_INSTANT, floorTo, HOUR, type Instant, LAST_INSTANT, SECOND } from './instant.ts'

/** An interval in microseconds, end exclusive. */
export interface TimePeriod {
  from: Instant
  until: Instant
}

/** Contains every timestamp that a notification can have. */
export const ALL_TIME: TimePeriod = { from: FIRST_INSTANT, until: LAST_INSTANT + SECOND }

/** The `until` of a period whose last instant is `last`. Instants beyond the exact range of a number are whole seconds. */
export function untilAfter(last: Instant): Instant {
  return last + (Number.isSafeInteger(last + 1) ? 1 : SECOND)
}

/** Lengths of report periods, in UTC; a week begins on Monday. */
export const periodLengths = ['hour', 'day', 'week', 'month'] as const

export type PeriodLength = (typeof periodLengths)[number]

/** 1970 began on a Thursday. */
const FIRST_MONDAY = 4 * DAY

/** The period of the given length that contains an instant. */
export function periodHolding(instant: Instant, length: PeriodLength): TimePeriod {
  if (length === 'month') {
    const date = new Date(instant / 1000)
    const month = (offset: number) => Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + offset) * 1000
    return { from: month(0), until: month(1) }
  }
  const size = { hour: HOUR, day: DAY, week: 7 * DAY }[length]
  const start = length === 'week' ? floorTo(instant - FIRST_MONDAY, size) + FIRST_MONDAY : floorTo(instant, size)
  return { from: start, until: start + size }
}

/** Complete periods that ended after `since`, oldest first; always includes the most recent one. */
export function completePeriods(now: Instant, length: PeriodLength, since: Instant): TimePeriod[] {
  const periods: TimePeriod[] = []
  let { from: start } = periodHolding(now, length)
  do {
    const period = periodHolding(start - 1, length)
    periods.unshift(period)
    start = period.from
  } while (start > since)
  return periods
}
