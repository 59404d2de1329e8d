import { DAY, type Instant, type TimePeriod, untilAfter } from '@stacktach/domain'
import { HttpError } from '@stacktach/http'
import { type Query, textOf } from './query.ts'
import { parsePlainTime } from './times.ts'

const LONGEST_PERIOD = 7 * DAY

/**
 * Parses the parameters of `stats/events`.
 *
 * @throws HttpError 400 with StackTach's message
 */
export function eventsQuery(query: Query): {
  service: 'nova' | 'glance'
  event: string | null
  period: TimePeriod | null
} {
  const [min, max] = [query.get('when_min'), query.get('when_max')]
  return {
    period: periodOf(min, max),
    service: serviceParameter(query.get('service')),
    event: textOf(query, 'event') ?? null,
  }
}

function periodOf(min: string | undefined, max: string | undefined): TimePeriod | null {
  if (min === undefined && max === undefined) return null
  if (min === undefined || max === undefined) {
    throw new HttpError(400, 'When providing date range filters, a min and max are required.')
  }
  const [from, last] = [timeOf(min), timeOf(max)]
  if (last - from > LONGEST_PERIOD) throw new HttpError(400, 'Date ranges may be no larger than 604800 seconds')
  return { from, until: untilAfter(last) }
}

function timeOf(text: string): Instant {
  const instant = parsePlainTime(text)
  if (instant === null) {
    throw new HttpError(400, 'Invalid format for date (Correct format should be %Y-%m-%d %H:%M:%S)')
  }
  return instant
}

/**
 * The service that a parameter names; nova without it.
 *
 * @throws HttpError 400
 */
export function serviceParameter(value: string | undefined): 'nova' | 'glance' {
  if (value !== undefined && value !== 'nova' && value !== 'glance') throw new HttpError(400, 'Invalid service')
  return value ?? 'nova'
}
