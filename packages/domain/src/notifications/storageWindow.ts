import { DAY, formatInstant, type Instant } from '../time/instant.ts'
import { type Rejection, rejected } from './rejection.ts'

/** 2010, before the first nova release: earlier times come from an unset clock. */
export const EARLIEST: Instant = 1_262_304_000_000_000

/** How far ahead of our clock a host's clock may be, in microseconds. */
export const AHEAD = 2 * DAY

/**
 * The interval of notification times that are stored: `from` inclusive, `until` exclusive. It depends on the clock and
 * on retention, not on the message.
 */
export interface StorageWindow {
  /** The horizon: earlier notifications are dropped by retention. */
  from: Instant
  /** Later times come from a wrong clock. */
  until: Instant
}

/** The rejection of a time outside the window; null for a time inside. */
export function outsideWindow(when: Instant, { from, until }: StorageWindow): Rejection | null {
  if (when < EARLIEST || when >= until) {
    return rejected(
      'time out of range',
      `${formatInstant(when)} is not between ${formatInstant(EARLIEST)} and ${formatInstant(until - 1)}`,
    )
  }
  if (when >= from) return null
  return rejected(
    'too old',
    `${formatInstant(when)} is before ${formatInstant(from)}, and notifications before that time are not kept`,
  )
}
