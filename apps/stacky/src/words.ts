import { UsageError } from './failure.ts'
import { unixTime } from './times.ts'

export const services = ['nova', 'glance', 'generic'] as const

/** A service's name where there is one: none of them is an id, a uuid, a field or an event. */
function takeService(words: readonly string[]): { service: string | undefined; rest: readonly string[] } {
  const [first, ...rest] = words
  return services.some((service) => service === first) ? { service: first, rest } : { service: undefined, rest: words }
}

/** `[service] <what>`, as for show and uuid. */
export function oneOfService(words: readonly string[], what: string): { service: string | undefined; value: string } {
  const { service, rest } = takeService(words)
  const [value, ...tooMany] = rest
  if (value === undefined) throw new UsageError(`missing ${what}`)
  refuse(tooMany)
  return { service, value }
}

export interface WatchWords {
  /** `0` is all of them. */
  deployment: string
  service: string | undefined
  event: string | undefined
  seconds: number
}

/** Seconds between two looks of `watch`. */
const POLL = 2

/** `[deployment] [service] [event] [seconds]`; Stacky had no service at first, and `all` beside 0 later. */
export function watchWords(words: readonly string[]): WatchWords {
  const [deployment = '0', ...others] = words
  if (!/^(\d+|all)$/.test(deployment)) {
    throw new UsageError(`the deployment must be its number, or 0 or all, not ${JSON.stringify(deployment)}`)
  }
  const { service, rest } = takeService(others)
  // A number is no event: `watch 0 5` leaves the event out.
  const [event, seconds, ...tooMany] = /^\d+$/.test(rest[0] ?? '') ? ['', ...rest] : rest
  refuse(tooMany)
  return {
    deployment: deployment === 'all' ? '0' : deployment,
    service,
    event: event || undefined,
    seconds: seconds === undefined ? POLL : wholeSeconds(seconds),
  }
}

function wholeSeconds(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) {
    throw new UsageError(`the seconds must be a whole number of at least 1, not ${JSON.stringify(text)}`)
  }
  return Number(text)
}

export interface SearchWords {
  service: string | undefined
  field: string
  value: string
  limit: string | undefined
  /** Unix times. */
  from: string | undefined
  to: string | undefined
}

/** `[service] <field> <value> [limit] [start] [end]`. */
export function searchWords(words: readonly string[]): SearchWords {
  const { service, rest } = takeService(words)
  const [field, value, limit, from, to, ...tooMany] = rest
  if (field === undefined) throw new UsageError('missing field')
  if (value === undefined) throw new UsageError(`missing value of ${field}`)
  refuse(tooMany)
  return {
    service,
    // The column's name in StackTach's database, which Stacky's own examples search by.
    field: field === 'deployment_id' ? 'deployment' : field,
    value,
    limit,
    from: from === undefined ? undefined : time(from),
    to: to === undefined ? undefined : time(to),
  }
}

/**
 * `[date] [time] [date] [time]`, from and to, UTC; what is left out is the beginning and the end of today.
 *
 * @param now milliseconds of unix time
 */
export function reportsWords(words: readonly string[], now: number): { from: string; to: string } {
  const today = new Date(now).toISOString().slice(0, 10)
  const [startDay = today, startTime = '00:00', endDay = today, endTime = '23:59:59', ...tooMany] = words
  refuse(tooMany)
  return { from: `${startDay} ${fullTime(startTime)}`, to: `${endDay} ${fullTime(endTime)}` }
}

const fullTime = (text: string) => (/^\d{2}:\d{2}$/.test(text) ? `${text}:00` : text)

/** A time in UTC as unix time. */
export function time(text: string): string {
  const found = unixTime(text)
  if (found === null) {
    const forms = 'YYYY-MM-DD, "YYYY-MM-DD HH:MM:SS" or unix time'
    throw new UsageError(`${JSON.stringify(text)} is no time; it must be ${forms}`)
  }
  return found
}

function refuse(tooMany: readonly string[]): void {
  if (tooMany.length > 0) throw new UsageError(`too many arguments, from ${JSON.stringify(tooMany[0])} on`)
}
