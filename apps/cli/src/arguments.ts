import { type Instant, parseInstant } from '@stacktach/domain'
import { InvalidArgumentError } from 'commander'

/** Parses a time in UTC; a date means its midnight. */
export function timeArgument(value: string): Instant {
  const time = parseInstant(/^\d{4}-\d{2}-\d{2}$/.test(value) ? `${value} 00:00:00` : value)
  if (time === null) throw new InvalidArgumentError('It must be a date or time, for example 2026-11-20.')
  return time
}

/** Parses the maximum number of rows; `all` is Infinity. */
export function limitArgument(value: string): number {
  if (value === 'all') return Number.POSITIVE_INFINITY
  const number = positiveInteger(value)
  if (number === null) throw new InvalidArgumentError('It must be a whole number of at least 1, or all.')
  return number
}

/** Returns a parser of whole numbers from `minimum` to `maximum`, both inclusive. */
export function integerArgument(minimum: number, maximum: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (!/^\d+$/.test(value) || number < minimum || number > maximum) {
      throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`)
    }
    return number
  }
}

/** Parses the id of a row. */
export function rowIdArgument(value: string): number {
  const id = positiveInteger(value)
  if (id === null) throw new InvalidArgumentError('It must be the id that the list command prints.')
  return id
}

/** Parses the next of several row ids and adds it to `previous`, without duplicates. */
export function rowIdsArgument(value: string, previous: readonly number[] | undefined): number[] {
  return [...new Set([...(previous ?? []), rowIdArgument(value)])]
}

function positiveInteger(value: string): number | null {
  const number = Number(value)
  return /^\d{1,15}$/.test(value) && number >= 1 ? number : null
}
