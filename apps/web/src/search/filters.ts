import type { NotificationFilter, NotificationPlace } from '@stacktach/db'
import { ALL_TIME, DAY, type Instant, services, type TimePeriod } from '@stacktach/domain'
import { HttpError } from '@stacktach/http'
import { z } from 'zod'
import { textFilter, typedTime } from '../page/listParameters.ts'
import { LONGEST_CHART } from './histogram.ts'

const DASHLESS_UUID = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i

/** An id of a UUID's form gets its dashes. */
function dashed(id: string): string {
  return DASHLESS_UUID.test(id) ? id.toLowerCase().replace(DASHLESS_UUID, '$1-$2-$3-$4-$5') : id
}

/** A request id may lack its prefix. */
function prefixed(id: string): string {
  const text = dashed(id)
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? `req-${text}` : text
}

/** The parameters of the search. */
export const searchParameters = z.object({
  service: z.enum(services, { error: `service must be one of ${services.join(', ')}` }).optional(),
  deployment: textFilter,
  event: textFilter,
  host: textFilter,
  tenant: textFilter,
  instance: textFilter.transform((id) => (id === undefined ? undefined : dashed(id))),
  image: textFilter.transform((id) => (id === undefined ? undefined : dashed(id))),
  request: textFilter.transform((id) => (id === undefined ? undefined : prefixed(id))),
  errors: z.literal('1', { error: 'errors must be 1' }).optional(),
  from: typedTime,
  until: typedTime,
  before: z
    .string()
    .regex(new RegExp(`^\\d{1,16}-(?:${services.join('|')})-\\d{1,16}$`), { error: 'before must be taken from a link' })
    .optional(),
})

export type SearchParameters = z.output<typeof searchParameters>

/** Without a start, the chart covers this time before the end. */
const CHART_PERIOD = 7 * DAY

/**
 * The filter of the search.
 *
 * @throws HttpError 400 if the period is empty
 */
export function toFilter({ request, errors, from, until, before: _, ...rest }: SearchParameters): NotificationFilter & {
  period: TimePeriod
} {
  const period = { from: from ?? ALL_TIME.from, until: until ?? ALL_TIME.until }
  if (period.from >= period.until) throw new HttpError(400, 'from must be before until')
  return { ...rest, requestId: request, errors: errors === '1', period }
}

/** Notifications from the future are stored up to two days ahead. */
const AHEAD = 2 * DAY

/** The period of the chart: at most to now, and of limited length without a start. */
export function chartPeriod({ from, until }: SearchParameters, now: Instant): TimePeriod {
  // Nothing is stored from before 1970, and numbers are exact only some centuries around it.
  const end = Math.max(Math.min(until ?? now, now + AHEAD), (from ?? 0) + 1, 1)
  return { from: Math.max(from ?? end - CHART_PERIOD, end - LONGEST_CHART, 0), until: end }
}

/** The place that the parameter `before` names. */
export function searchPlace(before: string | undefined): NotificationPlace | undefined {
  const [when = '', name = '', id = ''] = before?.split('-') ?? []
  const service = services.find((candidate) => candidate === name)
  return service === undefined ? undefined : { when: Number(when), service, id: Number(id) }
}

/** The parameter `before` of a place. */
export function placeText({ when, service, id }: NotificationPlace): string {
  return `${when}-${service}-${id}`
}
