import { type Duration, formatInstant, type Instant, SECOND } from '@stacktach/domain'
import { z } from 'zod'

/** A time in answers: ISO 8601 in UTC with microseconds. */
export const time = z.iso.datetime({ precision: 6 }).meta({
  id: 'Time',
  description: 'ISO 8601, UTC, with six decimals.',
  examples: ['2026-11-20T11:00:00.000001Z'],
})

/** A duration in answers. */
export const seconds = z.number().meta({
  id: 'Seconds',
  description: 'A duration in seconds, exact to the microsecond. Negative if clocks of hosts differ.',
  examples: [851.7154],
})

/** The id of a row in answers. */
export const rowNumber = z.int().min(0)

/** A count in answers. */
export const countOf = z.int().min(0)

/** Formats a time for an answer. */
export function toTime(instant: Instant): string {
  const [whole = '', fraction = ''] = formatInstant(instant).split('.')
  return `${whole.replace(' ', 'T')}.${fraction.padEnd(6, '0')}Z`
}

/** Formats a time that may be null. */
export function toTimeOrNull(instant: Instant | null): string | null {
  return instant === null ? null : toTime(instant)
}

/** Converts a duration for an answer. */
export function toSeconds(duration: Duration): number {
  return duration / SECOND
}

/** Converts a duration that may be null. */
export function toSecondsOrNull(duration: Duration | null): number | null {
  return duration === null ? null : toSeconds(duration)
}
