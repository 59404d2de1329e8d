import { ALL_TIME, HOUR, MINUTE, type Service, services, type TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { type ListedNotification, listedColumns, notificationTable, subjectColumn } from './listedNotification.ts'
import { notificationSpan } from './notificationSpan.ts'
import { Parameters } from './parameters.ts'

/** A notification of any service. */
export interface ServiceNotification extends ListedNotification {
  service: Service
  /** The OpenStack component that published it, e.g. compute, api or image. */
  component: string
  versioned: boolean
  tenant: string | null
}

/** A position in a list of notifications of all services. */
export interface ListPosition {
  when: number
  service: Service
  id: number
}

/** A classic notification and its versioned counterpart are published within this time. */
const COUNTERPART_WINDOW = MINUTE

/** Rows that a count of an instance's notifications reads at most. */
const MAX_COUNTED = 10_000

const tenantColumn: Record<Service, string> = { nova: 'tenant', glance: 'owner', generic: 'tenant' }

function columnsOf(service: Service): string {
  return `'${service}'::text as service, ${services.indexOf(service)} as rank, n.service as component, n.${tenantColumn[service]} as tenant,
          ${service === 'nova' ? 'n.versioned' : 'false'} as versioned, ${listedColumns(service)}`
}

/** Updates of an instance, and versioned notifications whose classic counterpart is stored. */
const isNoise = `(n.event = 'compute.instance.update'
  or n.versioned and exists (
       select from notification_nova c
        where c.instance = n.instance and c.request_id = n.request_id and c.event = n.event and not c.versioned
          and c."when" between n."when" - ${COUNTERPART_WINDOW} and n."when" + ${COUNTERPART_WINDOW}))`

/**
 * An instance's notifications of all services before a position, newest first. Without noise, updates and versioned
 * counterparts of classic notifications are left out.
 */
export async function notificationsOfInstance(
  db: Database,
  {
    instance,
    before,
    withNoise,
    limit,
  }: { instance: string; before: ListPosition | null; withNoise: boolean; limit: number },
): Promise<ServiceNotification[]> {
  const spans = await spansOfInstance(db, instance)
  const parameters = new Parameters()
  const [key, end] = [parameters.bind(instance), parameters.bind(limit)]
  const scans = [...spans].map(([service, { from, until }]) => {
    const conditions = [
      `n.instance = ${key}`,
      `n."when" >= ${parameters.bind(from)}`,
      `n."when" < ${parameters.bind(until)}`,
      ...(before === null ? [] : [beforePosition(service, before, parameters)]),
      ...(withNoise || service !== 'nova' ? [] : [`not ${isNoise}`]),
    ]
    return `(select ${columnsOf(service)} from ${notificationTable[service]} n where ${conditions.join(' and ')}
              order by n."when" desc, n.id desc limit ${end})`
  })
  if (scans.length === 0) return []
  const { rows } = await db.pool.query<ServiceNotification>(
    `select * from (${scans.join(' union all ')}) listed order by "when" desc, rank desc, id desc limit ${end}`,
    parameters.values,
  )
  return rows
}

/** Condition: a row of the service is before the position in the order time, service, id. */
function beforePosition(service: Service, { when, service: other, id }: ListPosition, parameters: Parameters) {
  const difference = services.indexOf(service) - services.indexOf(other)
  if (difference === 0) return `(n."when", n.id) < (${parameters.bind(when)}, ${parameters.bind(id)})`
  return `n."when" ${difference < 0 ? '<=' : '<'} ${parameters.bind(when)}`
}

/** Number of an instance's notifications, among the latest `MAX_COUNTED` of nova. */
export interface NotificationCounts {
  all: number
  noise: number
  /** Whether there are more than were counted. */
  isCut: boolean
}

/** Counts the notifications of nova of an instance, and those that are noise. */
export async function countInstanceNotifications(db: Database, instance: string): Promise<NotificationCounts> {
  const span = await notificationSpan(db, 'nova', 'instance', instance)
  if (span === null) return { all: 0, noise: 0, isCut: false }
  const { rows } = await db.pool.query<{ all: number; noise: number }>(
    `select count(*)::int as all,
            count(*) filter (where event = 'compute.instance.update' or versioned and has_classic)::int as noise
       from (select event, versioned, bool_or(not versioned) over (partition by event, request_id) as has_classic
               from (select event, versioned, request_id from notification_nova
                      where instance = $1 and "when" >= $2 and "when" < $3
                      order by "when" desc, id desc limit ${MAX_COUNTED + 1}) latest) counted`,
    [instance, span.from, span.until],
  )
  const { all = 0, noise = 0 } = rows[0] ?? {}
  return { all: Math.min(all, MAX_COUNTED), noise, isCut: all > MAX_COUNTED }
}

/**
 * The notifications of a request of all services, oldest first, without versioned counterparts of classic ones.
 *
 * @param tenants only of these; null: of all
 */
export async function notificationsOfWholeRequest(
  db: Database,
  { requestId, tenants, limit }: { requestId: string; tenants: readonly string[] | null; limit: number },
): Promise<ServiceNotification[]> {
  const spans = await spansOfRequest(db, requestId)
  const parameters = new Parameters()
  const [key, end] = [parameters.bind(requestId), parameters.bind(limit)]
  const own = tenants === null ? null : parameters.bind(tenants)
  const scans = [...spans].map(([service, { from, until }]) => {
    const conditions = [
      `n.request_id = ${key}`,
      `n."when" >= ${parameters.bind(from)}`,
      `n."when" < ${parameters.bind(until)}`,
      ...(own === null ? [] : [`n.${tenantColumn[service]} = any(${own}::text[])`]),
    ]
    return `(select ${columnsOf(service)} from ${notificationTable[service]} n where ${conditions.join(' and ')}
              order by n."when", n.id limit ${end})`
  })
  if (scans.length === 0) return []
  const { rows } = await db.pool.query<ServiceNotification>(
    `select * from (${scans.join(' union all ')}) listed order by "when", rank, id limit ${end}`,
    parameters.values,
  )
  return rows
}

/** The services that have notifications of an instance, with the period of these. */
async function spansOfInstance(db: Database, instance: string): Promise<Map<Service, TimePeriod>> {
  const where = { service: { in: [...services] }, kind: 'instance', key: instance }
  const rows = await db.prisma.notificationSpan.findMany({ where })
  return new Map(
    services.flatMap((service) => {
      const span = rows.find((row) => row.service === service)
      return span === undefined ? [] : [[service, { from: Number(span.lower), until: Number(span.upper) }] as const]
    }),
  )
}

/**
 * The periods to search for a request. Only nova has spans of requests; other services publish during nova's part, and a
 * request without such a part is looked up in the index of each partition.
 */
async function spansOfRequest(db: Database, requestId: string): Promise<Map<Service, TimePeriod>> {
  const nova = await notificationSpan(db, 'nova', 'request', requestId)
  const others = nova === null ? ALL_TIME : { from: nova.from - HOUR, until: nova.until + HOUR }
  return new Map(
    services.flatMap((service) => {
      const period = service === 'nova' ? nova : others
      return period === null ? [] : [[service, period] as const]
    }),
  )
}

/** The notifications before and after one, of the same subject and service. */
export interface Neighbours {
  before: NeighbourNotification | null
  after: NeighbourNotification | null
}

interface NeighbourNotification {
  id: number
  when: number
  event: string
}

/** Finds the neighbours of a notification: of the same instance, for glance of the same image. */
export async function neighboursOf(
  db: Database,
  { service, subject, when, id }: { service: Service; subject: string; when: number; id: number },
): Promise<Neighbours> {
  const { from, until } =
    (await notificationSpan(db, service, service === 'glance' ? 'image' : 'instance', subject)) ?? ALL_TIME
  const table = notificationTable[service]
  const column = subjectColumn[service]
  const { rows } = await db.pool.query<NeighbourNotification & { side: 'before' | 'after' }>(
    `(select 'before' as side, id, "when", event from ${table}
       where ${column} = $1 and ("when", id) < ($2, $3) and "when" >= $4 and "when" <= $2
       order by "when" desc, id desc limit 1)
     union all
     (select 'after' as side, id, "when", event from ${table}
       where ${column} = $1 and ("when", id) > ($2, $3) and "when" >= $2 and "when" < $5
       order by "when", id limit 1)`,
    [subject, when, id, from, until],
  )
  const neighbour = (side: 'before' | 'after') => rows.find((row) => row.side === side) ?? null
  return { before: neighbour('before'), after: neighbour('after') }
}
