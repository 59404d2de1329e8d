/** Unix time or a duration in whole microseconds; a number holds it exactly until the year 2255. */
export type Micros = number

export const SECOND: Micros = 1_000_000
export const MINUTE: Micros = 60 * SECOND
export const HOUR: Micros = 60 * MINUTE

// The same second is formatted many times in a row, in several notations.
let cachedSecond = Number.NaN
let cachedText = ''

function wholeSecond(at: Micros): string {
  const seconds = Math.floor(at / SECOND)
  if (seconds !== cachedSecond) {
    cachedSecond = seconds
    cachedText = new Date(seconds * 1000).toISOString().slice(0, 19)
  }
  return cachedText
}

function fraction(at: Micros): string {
  return String(((at % SECOND) + SECOND) % SECOND).padStart(6, '0')
}

/** Truncates to the whole second, as nova's versioned payloads and its RPC do. */
export function floorSecond(at: Micros): Micros {
  return Math.floor(at / SECOND) * SECOND
}

/** `2026-11-23T20:26:26.852034`, as in `_context_timestamp` and classic payloads. */
export function isoMicros(at: Micros): string {
  return `${wholeSecond(at)}.${fraction(at)}`
}

/** `2026-11-23T20:26:26Z`, as in versioned payloads and glance. */
export function isoSeconds(at: Micros): string {
  return `${wholeSecond(at)}Z`
}

/** `2026-11-23 20:26:26.852086`, as in the `timestamp` of a notification. */
export function spacedMicros(at: Micros): string {
  return `${wholeSecond(at).replace('T', ' ')}.${fraction(at)}`
}

/** `2026-11-23 20:26:26+00:00`, as in `created_at` of a classic payload. */
export function spacedZone(at: Micros): string {
  return `${wholeSecond(at).replace('T', ' ')}+00:00`
}

/** `2026-11-23 20:00:00`, with a fraction only if it is not zero: how Python's str() formats an audit period. */
export function spacedShort(at: Micros): string {
  return at % SECOND === 0 ? wholeSecond(at).replace('T', ' ') : spacedMicros(at)
}
