/**
 * An instant is an integer number of microseconds of Unix time. A JavaScript number is exact until the year 2255; a
 * Date (milliseconds) or float seconds would lose precision.
 */
export type Instant = number

export const SECOND = 1_000_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** The first and last second of four-digit years; all notification times are in this range. */
export const FIRST_INSTANT: Instant = -62_135_596_800 * SECOND
export const LAST_INSTANT: Instant = 253_402_300_799 * SECOND

const timePattern =
  /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))? ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?$/

/**
 * Parses a notification's time: `2026-11-23 20:05:38.513310`, with a blank or a `T`, an optional fraction (truncated
 * to microseconds), and `Z`, a numeric offset, or nothing (UTC).
 * Returns null for any other value, such as another type, the empty string ("not set"), February 31, or a time that is
 * outside the years 1 to 9999 in UTC. Before 1685 and after 2254 the fraction is dropped.
 */
export function parseInstant(value: unknown): Instant | null {
  if (typeof value !== 'string') return null
  const match = timePattern.exec(value)
  if (match === null) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map(Number)
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null
  if (hour > 23 || minute > 59 || second > 59 || year < 1) return null
  const milliseconds = new Date(0).setUTCFullYear(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000
  const fraction = Number((match[7] ?? '').slice(0, 6).padEnd(6, '0'))
  const zone = offset(match[8])
  if (zone === null) return null
  const whole = milliseconds * 1000 - zone
  if (whole < FIRST_INSTANT || whole > LAST_INSTANT) return null
  // Before 1685 and after 2254 a number is exact to the second, but not to the microsecond.
  return Number.isSafeInteger(whole + fraction) ? whole + fraction : whole
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year < 100 ? year + 400 : year, month, 0)).getUTCDate()
}

/** Offset from UTC in microseconds, null for an invalid offset. */
function offset(zone: string | undefined): number | null {
  if (zone === undefined || zone === 'Z' || zone === 'UTC') return 0
  const sign = zone.startsWith('-') ? -1 : 1
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(3).replace(':', '') || 0)
  return hours > 23 || minutes > 59 ? null : sign * (hours * HOUR + minutes * MINUTE)
}

/** Formats as `2026-11-23 20:05:38.513310` in UTC, without a zero fraction, like Python's str(datetime). */
export function formatInstant(instant: Instant): string {
  const fraction = modulo(instant, SECOND)
  const seconds = new Date((instant - fraction) / 1000).toISOString().slice(0, 19).replace('T', ' ')
  return fraction === 0 ? seconds : `${seconds}.${String(fraction).padStart(6, '0')}`
}

/** Start of the interval of `size` microseconds that contains `instant`; intervals are aligned to 1970. */
export function floorTo(instant: Instant, size: number): Instant {
  return instant - modulo(instant, size)
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by
}

/** Parses decimal Unix seconds, exact to the microsecond: `1795159973.102348`. Null for anything else. */
export function parseUnixTime(text: string): Instant | null {
  const match = /^\s*([+-]?)(\d{1,11})(?:\.(\d*))?\s*$/.exec(text)
  if (match === null) return null
  const magnitude = Number(match[2]) * SECOND + Number((match[3] ?? '').slice(0, 6).padEnd(6, '0'))
  return match[1] === '-' ? -magnitude : magnitude
}

/** Unix seconds as a number, for responses where StackTach uses one. */
export function toUnixSeconds(instant: Instant): number {
  return instant / SECOND
}
