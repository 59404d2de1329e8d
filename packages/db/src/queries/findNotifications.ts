import { ALL_TIME, HOUR, type Instant, type Service, services, type TimePeriod, untilAfter } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { readSpans } from '../sql/spans.ts'
import { type FoundNotification, foundColumns } from './foundNotification.ts'
import { notificationTable } from './listedNotification.ts'
import { Parameters } from './parameters.ts'
import { overlap } from './period.ts'

/** The place of a notification in the order of a list: by time, then service, then id. */
export interface NotificationPlace {
  when: Instant
  service: Service
  id: number
}

/** Conditions that a notification must all meet; undefined ones do not count. */
export interface NotificationFilter {
  /** Undefined: all services. */
  service?: Service | undefined
  /** Name of a deployment. */
  deployment?: string | undefined
  event?: string | undefined
  host?: string | undefined
  /** Of an image its owner. */
  tenant?: string | undefined
  instance?: string | undefined
  image?: string | undefined
  requestId?: string | undefined
  /** Only those of these tenants; null or undefined: of all. */
  tenants?: readonly string[] | null | undefined
  /** Only notifications that were published as errors. */
  errors?: boolean | undefined
  period?: TimePeriod | undefined
}

export interface NotificationSearch extends NotificationFilter {
  /** Default: newest first. */
  order?: 'newest' | 'oldest' | undefined
  /** The last notification of the page before. */
  after?: NotificationPlace | undefined
  limit: number
}

/** What is searched, without a limit. */
type NotificationScope = NotificationFilter & Pick<NotificationSearch, 'order' | 'after'>

/** The condition of the partial index on errors. */
const IS_ERROR = `n.routing_key like '%error'`

/** Services whose spans name the days of a key. */
const spanServices: Record<'instance' | 'image', readonly Service[]> = { instance: services, image: ['glance'] }

/**
 * Notifications that meet all conditions, in order of time, one page. Each service is a separate index scan that stops at
 * the limit.
 */
export async function findNotifications(db: Database, search: NotificationSearch): Promise<FoundNotification[]> {
  const { order = 'newest', limit } = search
  const direction = order === 'newest' ? 'desc' : 'asc'
  const parameters = new Parameters()
  const scans: string[] = []
  const deployment = search.deployment === undefined ? null : await deploymentNamed(db, search.deployment)
  if (deployment === undefined) return []
  for (const service of searchedServices(search)) {
    const period = await periodToSearch(db, service, search)
    if (period === null) continue
    scans.push(
      `(select ${foundColumns(service)}
          from (select * from ${notificationTable[service]} n
                 where ${conditions(service, search, { deployment, period }, parameters).join(' and ')}
                 order by n."when" ${direction}, n.id ${direction} limit ${parameters.bind(limit)}) n)`,
    )
  }
  if (scans.length === 0) return []
  const { rows } = await db.pool.query<FoundNotification>(
    `select * from (${scans.join(' union all ')}) as found
      order by "when" ${direction}, service ${direction}, id ${direction} limit ${parameters.bind(limit)}`,
    parameters.values,
  )
  return rows
}

/** The services that can have matches. */
export function searchedServices({ service, image }: NotificationFilter): readonly Service[] {
  const searched = service === undefined ? services : [service]
  return image === undefined ? searched : searched.filter((name) => name === 'glance')
}

/** The id of a deployment; undefined if there is none with the name. */
export async function deploymentNamed({ pool }: Database, name: string): Promise<number | undefined> {
  const { rows } = await pool.query<{ id: number }>('select id from deployment where name = $1', [name])
  return rows[0]?.id
}

/** The part of the requested period in which the service can have matches; null if there is none. */
export async function periodToSearch(
  db: Database,
  service: Service,
  { instance, image, requestId, period: requested = ALL_TIME, order = 'newest', after }: NotificationScope,
): Promise<TimePeriod | null> {
  let period = requested
  // Excludes the partitions that the pages before have read.
  if (after !== undefined) {
    const { from, until } = ALL_TIME
    const rest = order === 'newest' ? { from, until: untilAfter(after.when) } : { from: after.when, until }
    period = overlap(period, rest)
  }
  for (const [kind, key] of [
    ['instance', instance],
    ['image', image],
  ] as const) {
    if (key === undefined || !spanServices[kind].includes(service)) continue
    const { keys, whole } = await readSpans(db.pool, service, kind, [key])
    if (keys.length === 0) return null
    period = overlap(period, whole)
  }
  if (requestId !== undefined) {
    // Only nova has spans of requests. Other services publish during nova's part, if there is one.
    const { keys, whole } = await readSpans(db.pool, 'nova', 'request', [requestId])
    if (keys.length === 0 && service === 'nova') return null
    const margin = service === 'nova' ? 0 : HOUR
    if (keys.length > 0) period = overlap(period, { from: whole.from - margin, until: whole.until + margin })
  }
  return period.from < period.until ? period : null
}

/** The SQL conditions of a service's rows `n`. */
export function conditions(
  service: Service,
  search: NotificationScope,
  { deployment, period }: { deployment: number | null; period: TimePeriod },
  parameters: Parameters,
): string[] {
  const tenantColumn = service === 'glance' ? 'owner' : 'tenant'
  const columns = [
    ['deployment_id', deployment ?? undefined],
    ['event', search.event],
    ['host', search.host],
    [tenantColumn, search.tenant],
    ['instance', search.instance],
    ['uuid', search.image],
    ['request_id', search.requestId],
  ] as const
  return [
    `n."when" >= ${parameters.bind(period.from)}`,
    `n."when" < ${parameters.bind(period.until)}`,
    ...columns.flatMap(([column, value]) => (value === undefined ? [] : [`n.${column} = ${parameters.bind(value)}`])),
    ...(search.tenants == null ? [] : [`n.${tenantColumn} = any(${parameters.bind(search.tenants)}::text[])`]),
    ...(search.errors ? [IS_ERROR] : []),
    ...(search.after === undefined ? [] : [isAfter(service, search.after, search.order ?? 'newest', parameters)]),
  ]
}

/** The condition that a row of a service comes after a place in the list. */
function isAfter(
  service: Service,
  { when, service: placeService, id }: NotificationPlace,
  order: 'newest' | 'oldest',
  parameters: Parameters,
): string {
  const comparison = order === 'newest' ? '<' : '>'
  if (service === placeService) {
    return `(n."when", n.id) ${comparison} (${parameters.bind(when)}::bigint, ${parameters.bind(id)}::bigint)`
  }
  // Rows of the same microsecond are listed service by service.
  const isLater = order === 'newest' ? service < placeService : service > placeService
  return `n."when" ${comparison}${isLater ? '=' : ''} ${parameters.bind(when)}::bigint`
}
