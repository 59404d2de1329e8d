import { CommandUsageError } from './requestErrors.ts'
import { toUnixTime } from './times.ts'

export const serviceNames = ['nova', 'glance', 'generic'] as const

/** Takes a leading service name; no id, uuid, field or event has such a name. */
function takeService(words: readonly string[]): { service: string | undefined; rest: readonly string[] } {
  const [first, ...rest] = words
  return serviceNames.some((name) => name === first) ? { service: first, rest } : { service: undefined, rest: words }
}

/**
 * Parses `[service] <value>` of `show` and `uuid`.
 *
 * @throws CommandUsageError
 */
export function parseServiceAndValue(
  words: readonly string[],
  valueName: string,
): { service: string | undefined; value: string } {
  const { service, rest } = takeService(words)
  const [value, ...excess] = rest
  if (value === undefined) throw new CommandUsageError(`missing ${valueName}`)
  rejectExcess(excess)
  return { service, value }
}

export interface WatchArguments {
  /** An id, or `0` for all deployments. */
  deployment: string
  service: string | undefined
  event: string | undefined
  seconds: number
}

/** Default of the `seconds` argument of `watch`. */
const POLL_INTERVAL_SECONDS = 2

/**
 * Parses `[deployment] [service] [event] [seconds]` of `watch`. Early versions of Stacky had no service; later ones
 * accept `all` as well as 0.
 *
 * @throws CommandUsageError
 */
export function parseWatchArguments(words: readonly string[]): WatchArguments {
  const [deployment = '0', ...others] = words
  if (!/^(\d+|all)$/.test(deployment)) {
    throw new CommandUsageError(
      `the deployment must be a number from \`stacky deployments\`, 0 or all, not ${JSON.stringify(deployment)}`,
    )
  }
  const { service, rest } = takeService(others)
  // An event name is never a number: `watch 0 5` omits the event.
  const [event, seconds, ...excess] = /^\d+$/.test(rest[0] ?? '') ? ['', ...rest] : rest
  rejectExcess(excess)
  return {
    deployment: deployment === 'all' ? '0' : deployment,
    service,
    event: event || undefined,
    seconds: seconds === undefined ? POLL_INTERVAL_SECONDS : parsePollInterval(seconds),
  }
}

function parsePollInterval(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) {
    throw new CommandUsageError(`the seconds must be a whole number of at least 1, not ${JSON.stringify(text)}`)
  }
  return Number(text)
}

export interface SearchArguments {
  service: string | undefined
  field: string
  value: string
  limit: string | undefined
  /** Unix times. */
  from: string | undefined
  to: string | undefined
}

/**
 * Parses `[service] <field> <value> [limit] [from] [to]` of `search`.
 *
 * @throws CommandUsageError
 */
export function parseSearchArguments(words: readonly string[]): SearchArguments {
  const { service, rest } = takeService(words)
  const [field, value, limit, from, to, ...excess] = rest
  if (field === undefined) throw new CommandUsageError('missing field')
  if (value === undefined) throw new CommandUsageError(`missing value of ${field}`)
  rejectExcess(excess)
  return {
    service,
    // Stacky's own examples use the column name of StackTach's database.
    field: field === 'deployment_id' ? 'deployment' : field,
    value,
    limit,
    from: from === undefined ? undefined : parseTimeArgument(from),
    to: to === undefined ? undefined : parseTimeArgument(to),
  }
}

/**
 * Parses `[date] [time] [date] [time]` of `reports`: from and to, UTC. The defaults are the start and end of today.
 *
 * @param nowMs unix time
 * @throws CommandUsageError
 */
export function parseReportRange(words: readonly string[], nowMs: number): { from: string; to: string } {
  const today = new Date(nowMs).toISOString().slice(0, 10)
  const [startDay = today, startTime = '00:00', endDay = today, endTime = '23:59:59', ...excess] = words
  rejectExcess(excess)
  return { from: `${startDay} ${withSeconds(startTime)}`, to: `${endDay} ${withSeconds(endTime)}` }
}

const withSeconds = (text: string) => (/^\d{2}:\d{2}$/.test(text) ? `${text}:00` : text)

/**
 * Parses a time in UTC.
 *
 * @returns unix time, which the API takes
 * @throws CommandUsageError
 */
export function parseTimeArgument(text: string): string {
  const time = toUnixTime(text)
  if (time === null) {
    const forms = 'YYYY-MM-DD, "YYYY-MM-DD HH:MM:SS" or unix time'
    throw new CommandUsageError(`${JSON.stringify(text)} is not a time: use ${forms}`)
  }
  return time
}

function rejectExcess(excess: readonly string[]): void {
  if (excess.length > 0) throw new CommandUsageError(`too many arguments, from ${JSON.stringify(excess[0])} on`)
}
