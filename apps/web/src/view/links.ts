import { formatInstant, type Instant, MINUTE, type Service } from '@stacktach/domain'

/** A query string that omits undefined, null and empty values. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | boolean | null | undefined>>,
): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '' && value !== false) parameters.set(name, String(value))
  }
  const text = parameters.toString()
  return text === '' ? path : `${path}?${text}`
}

/** ISO 8601 in UTC, exact to the microsecond, as in URLs and `datetime`. */
export function isoInstant(instant: Instant): string {
  return `${formatInstant(instant).replace(' ', 'T')}Z`
}

export const instanceHref = (uuid: string) => `/instances/${encodeURIComponent(uuid)}`

export const requestHref = (requestId: string) => `/requests/${encodeURIComponent(requestId)}`

export const notificationHref = (service: Service, id: number) => `/notifications/${service}/${id}`

export const findHref = (text: string) => withQuery('/find', { q: text })

export const usageHref = (tenant: string) => `/usage/${encodeURIComponent(tenant)}`

/** Statistics of an operation's timings. */
export const timingHref = (name: string) => `/timings/${encodeURIComponent(name)}`

export const failuresHref = (filters: Readonly<Record<string, string | number | null | undefined>>) =>
  withQuery('/failures', filters)

/** Exists with filters: `service`, `status`, `reason`, `period`, `deployment`, `contradicted`. */
export const existsHref = (filters: Readonly<Record<string, string | number | null | undefined>>) =>
  withQuery('/exists', filters)

export const reportHref = (id: number) => `/reports/${id}`

/** Filters of the search: `service`, `event`, `host`, `tenant`, `instance`, `request`, `from` and `until` (ISO 8601). */
export const searchHref = (filters: Readonly<Record<string, string | number | null | undefined>>) =>
  withQuery('/search', filters)

/** All notifications within one minute around an instant, of all instances. */
export function aroundHref(instant: Instant): string {
  return searchHref({ from: isoInstant(instant - MINUTE / 2), until: isoInstant(instant + MINUTE / 2) })
}
