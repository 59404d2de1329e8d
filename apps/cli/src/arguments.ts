import { type Instant, parseInstant } from '@stacktach/domain'
import { InvalidArgumentError } from 'commander'

/** A time in UTC: a day is its first moment. */
export function instant(value: string): Instant {
  const found = parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value} 00:00:00` : value)
  if (found === null) throw new InvalidArgumentError('It must be a date or a time, such as 2026-11-20.')
  return found
}

/** How many to list; `all` is infinitely many. */
export function limit(value: string): number {
  if (value === 'all') return Number.POSITIVE_INFINITY
  const number = whole(value)
  if (number === null) throw new InvalidArgumentError('It must be a whole number of at least 1, or all.')
  return number
}

/** The id of a row. */
export function rowId(value: string): number {
  const number = whole(value)
  if (number === null) throw new InvalidArgumentError('It must be the whole number that the list shows.')
  return number
}

/** Several of them: commander hands each with those before. */
export function rowIds(value: string, before: readonly number[] | undefined): number[] {
  return [...new Set([...(before ?? []), rowId(value)])]
}

function whole(value: string): number | null {
  const number = Number(value)
  return /^\d{1,15}$/.test(value) && number >= 1 ? number : null
}
