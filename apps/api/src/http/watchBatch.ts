import { floorTo, type Instant, SECOND, toUnixSeconds } from '@stacktach/domain'

/** Rows that one answer of watch holds at most. */
export const MAX_ROWS = 10_000

interface Batch<T> {
  sent: T[]
  /** Unix time to be handed back as the next `since`, from which the next answer goes on. */
  next: string
}

/**
 * What to send of the rows after `after` up to `until`, oldest first. When there are more than MAX_ROWS of them, only
 * whole seconds are sent, so that going on from the last one neither repeats nor skips a row. One second alone can hold
 * more: then it is whole microseconds, and `next` has a fraction. (Of more than MAX_ROWS in one microsecond the rest is
 * skipped: going on matters more.)
 */
export function cutBatch<T extends { when: Instant }>(rows: readonly T[], after: Instant, until: Instant): Batch<T> {
  const left = rows[MAX_ROWS]
  if (left === undefined) return { sent: [...rows], next: String(toUnixSeconds(until)) }
  const second = floorTo(left.when - 1, SECOND)
  const last = second > after && sentUntil(rows, second).length > 0 ? second : Math.max(left.when - 1, after + 1)
  return { sent: sentUntil(rows, last).slice(0, MAX_ROWS), next: unixTimeText(last) }
}

function sentUntil<T extends { when: Instant }>(rows: readonly T[], last: Instant): T[] {
  return rows.filter(({ when }) => when <= last)
}

/** Exact, which a number of seconds is not. */
function unixTimeText(instant: Instant): string {
  const seconds = floorTo(instant, SECOND)
  const fraction = instant - seconds
  return fraction === 0 ? String(seconds / SECOND) : `${seconds / SECOND}.${String(fraction).padStart(6, '0')}`
}
