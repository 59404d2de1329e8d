import { floorTo, type Instant, SECOND, toUnixSeconds } from '@stacktach/domain'

/** Maximum number of rows in one answer of watch. */
export const MAX_ROWS = 10_000

interface Batch<T> {
  sent: T[]
  /** Unix time that the client passes as the next `since`, to continue after the sent rows. */
  next: string
}

/**
 * Selects the rows to send of the rows after `after` up to `until`, which are sorted by time. If there are more than
 * MAX_ROWS, only whole seconds are sent, so that continuing after the last one neither repeats nor skips a row. If one
 * second alone has more, whole microseconds are sent, and `next` has a fraction. If one microsecond has more, the excess is
 * skipped: the watch must continue.
 *
 * @param rows at most MAX_ROWS + 1 of them; the additional row shows that there are more
 */
export function cutBatch<T extends { when: Instant }>(rows: readonly T[], after: Instant, until: Instant): Batch<T> {
  const excess = rows[MAX_ROWS]
  if (excess === undefined) return { sent: [...rows], next: String(toUnixSeconds(until)) }
  const second = floorTo(excess.when - 1, SECOND)
  const last = second > after && rowsUntil(rows, second).length > 0 ? second : Math.max(excess.when - 1, after + 1)
  return { sent: rowsUntil(rows, last).slice(0, MAX_ROWS), next: unixTimeText(last) }
}

function rowsUntil<T extends { when: Instant }>(rows: readonly T[], last: Instant): T[] {
  return rows.filter(({ when }) => when <= last)
}

/** Decimal seconds, exact to the microsecond; a floating-point number would not be. */
function unixTimeText(instant: Instant): string {
  const seconds = floorTo(instant, SECOND)
  const fraction = instant - seconds
  return fraction === 0 ? String(seconds / SECOND) : `${seconds / SECOND}.${String(fraction).padStart(6, '0')}`
}
