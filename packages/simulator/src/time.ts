/** Microseconds of unix time; whole, and exact in a number until the year 2255. */
export type Micros = number

export const second: Micros = 1_000_000
export const minute: Micros = 60 * second
export const hour: Micros = 60 * minute

// The same second is written many times in a row, in several forms.
let known = Number.NaN
let knownText = ''

function wholeSecond(at: Micros): string {
  const seconds = Math.floor(at / second)
  if (seconds !== known) {
    known = seconds
    knownText = new Date(seconds * 1000).toISOString().slice(0, 19)
  }
  return knownText
}

function fraction(at: Micros): string {
  return String(((at % second) + second) % second).padStart(6, '0')
}

/** The whole second that `at` lies in, as nova's versioned payloads and its RPC cut times. */
export function floorSecond(at: Micros): Micros {
  return Math.floor(at / second) * second
}

/** `2026-11-23T20:26:26.852034`, as in `_context_timestamp` and classic payloads. */
export function isoMicros(at: Micros): string {
  return `${wholeSecond(at)}.${fraction(at)}`
}

/** `2026-11-23T20:26:26Z`, as in versioned payloads and glance. */
export function isoSeconds(at: Micros): string {
  return `${wholeSecond(at)}Z`
}

/** `2026-11-23 20:26:26.852086`, as in a notification's own timestamp. */
export function spacedMicros(at: Micros): string {
  return `${wholeSecond(at).replace('T', ' ')}.${fraction(at)}`
}

/** `2026-11-23 20:26:26+00:00`, as in a classic payload's created_at. */
export function spacedZone(at: Micros): string {
  return `${wholeSecond(at).replace('T', ' ')}+00:00`
}

/** `2026-11-23 20:00:00`, with a fraction only when there is one, as Python's str() writes an audit period's ends. */
export function spacedShort(at: Micros): string {
  return at % second === 0 ? wholeSecond(at).replace('T', ' ') : spacedMicros(at)
}
