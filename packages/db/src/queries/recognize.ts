import { services } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { instanceHead } from './instanceHead.ts'
import { instanceOwner } from './instanceOwner.ts'
import { notificationTable } from './listedNotification.ts'
import { notificationsOfWholeRequest } from './subjectNotifications.ts'
import { tenantIsKnown } from './tenantIsKnown.ts'

/** What a text can name. */
export type Meaning =
  | { kind: 'instance'; id: string; displayName: string | null }
  | { kind: 'image'; id: string }
  | { kind: 'request'; id: string }
  | { kind: 'notification'; service: (typeof services)[number]; id: number; event: string }
  | { kind: 'tenant'; id: string }
  | { kind: 'host'; name: string }
  | { kind: 'event'; name: string; service: string }

/** Hosts and events that contain a text, at most. */
const MAX_NAMES = 50

const UUID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})$/i

/**
 * Finds everything that a text names: an instance, image, request, message or tenant by its whole id (a UUID also without
 * dashes, a request also without `req-`), a host or event also by a part of its name.
 *
 * @param tenants only their instances and requests, and these tenants; null: no limit
 */
export async function recognize(db: Database, text: string, tenants: readonly string[] | null): Promise<Meaning[]> {
  const ids = spellingsOf(text)
  const [instances, requests, tenantIds, others] = await Promise.all([
    instancesAmong(db, ids, tenants),
    requestsAmong(db, ids, tenants),
    tenantsAmong(db, ids, tenants),
    tenants === null ? unlimitedMeanings(db, text, ids) : [],
  ])
  return [...instances, ...requests, ...tenantIds, ...others]
}

/** The forms in which an id can be stored. */
function spellingsOf(text: string): string[] {
  const bare = text.replace(/^req-/i, '')
  if (!UUID.test(bare)) return [text]
  const hex = bare.replaceAll('-', '').toLowerCase()
  const dashed = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return [...new Set([text, dashed, hex])]
}

async function instancesAmong(db: Database, ids: readonly string[], tenants: readonly string[] | null) {
  const keys = await spannedKeys(db, 'instance', ids)
  const heads = await Promise.all(
    keys.map(async (id) => {
      if (tenants === null) return instanceHead(db, id)
      const owner = await instanceOwner(db, id)
      return owner !== null && tenants.includes(owner) ? instanceHead(db, id) : null
    }),
  )
  return heads.flatMap((head): Meaning[] =>
    head === null ? [] : [{ kind: 'instance', id: head.instance, displayName: head.displayName }],
  )
}

async function requestsAmong(db: Database, ids: readonly string[], tenants: readonly string[] | null) {
  const keys = await spannedKeys(db, 'request', [...ids, ...ids.map((id) => `req-${id}`)])
  const own = await Promise.all(
    keys.map(async (requestId) => {
      if (tenants === null) return true
      return (await notificationsOfWholeRequest(db, { requestId, tenants, limit: 1 })).length > 0
    }),
  )
  return keys.filter((_, index) => own[index]).map((id): Meaning => ({ kind: 'request', id }))
}

async function tenantsAmong(db: Database, ids: readonly string[], tenants: readonly string[] | null) {
  const candidates = tenants === null ? ids : ids.filter((id) => tenants.includes(id))
  const known = await Promise.all(candidates.map((id) => tenantIsKnown(db, id)))
  return candidates.filter((_, index) => known[index]).map((id): Meaning => ({ kind: 'tenant', id }))
}

async function unlimitedMeanings(db: Database, text: string, ids: readonly string[]): Promise<Meaning[]> {
  const [images, notifications, hosts, events] = await Promise.all([
    spannedKeys(db, 'image', ids),
    notificationsOfMessage(db, ids),
    namesContaining(db, 'host', text),
    namesContaining(db, 'event', text),
  ])
  return [
    ...images.map((id): Meaning => ({ kind: 'image', id })),
    ...notifications,
    ...[...new Set(hosts.map(({ name }) => name))].map((name): Meaning => ({ kind: 'host', name })),
    ...events.map(({ name, service }): Meaning => ({ kind: 'event', name, service })),
  ]
}

/** The keys of a kind that occur in notifications. */
async function spannedKeys(db: Database, kind: string, keys: readonly string[]): Promise<string[]> {
  const { rows } = await db.pool.query<{ key: string }>(
    'select distinct key from notification_span where service = any($1) and kind = $2 and key = any($3) order by key',
    [services, kind, keys],
  )
  return rows.map(({ key }) => key)
}

/** The message id is the identity of a notification; the index of each partition is looked up. */
async function notificationsOfMessage(db: Database, ids: readonly string[]): Promise<Meaning[]> {
  const scans = services.map(
    (service) => `select '${service}' as service, id, event from ${notificationTable[service]}
                   where dedup_key = any($1) and message_id = any($1)`,
  )
  const { rows } = await db.pool.query<{ service: (typeof services)[number]; id: number; event: string }>(
    `${scans.join(' union all ')} limit ${MAX_NAMES}`,
    [ids],
  )
  return rows.map((row): Meaning => ({ kind: 'notification', ...row }))
}

/** Names are few. An exact name comes alone, because it is what was meant. */
async function namesContaining(
  db: Database,
  table: 'host' | 'event',
  text: string,
): Promise<{ service: string; name: string }[]> {
  const { rows } = await db.pool.query<{ service: string; name: string; exact: boolean }>(
    `select service, name, name = $1 as exact from ${table}
      where strpos(lower(name), lower($1)) > 0 and name <> ''
      order by exact desc, length(name), name, service limit ${MAX_NAMES}`,
    [text],
  )
  return rows.some(({ exact }) => exact) ? rows.filter(({ exact }) => exact) : rows
}
