import { type Instant, parseInstant } from '@stacktach/domain'

/** As Python's strptime reads them: one or two digits, and a fraction of up to six. `Z` only after a `T`. */
const TIME = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(T)|\s+)(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,6}))?(Z?)$/

/** Parses a time of a filter, in UTC: `2026-11-20 13:00:00`, or with a `T`, a fraction, or a `T` and a `Z`. */
export function parseTime(text: string): Instant | null {
  const [, year, month = '', day = '', t, hour = '', minute = '', second = '', fraction = '0', z] =
    TIME.exec(text) ?? []
  if (year === undefined || (z === 'Z' && t === undefined)) return null
  const pad = (digits: string) => digits.padStart(2, '0')
  return parseInstant(`${year}-${pad(month)}-${pad(day)} ${pad(hour)}:${pad(minute)}:${pad(second)}.${fraction}`)
}

/** Parses a time of `stats/events`, which has no fraction and no `T`. */
export function parsePlainTime(text: string): Instant | null {
  return /[T.]/.test(text) ? null : parseTime(text)
}
