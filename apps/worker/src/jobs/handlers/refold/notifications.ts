import {
  inTransaction,
  lastNotificationId,
  type NotificationPosition,
  openPartition,
  queueImageExists,
  type StoredNotification,
  storedNotifications,
  updateDerived,
} from '@stacktach/db'
import { type NormalizeResult, normalizeStored, type Rules, type Service, services } from '@stacktach/domain'
import { wakeUpFor } from '../../../wakeUpFor.ts'
import { nextPart, type RefoldStep } from './state.ts'

/** Limits of one batch. The bytes are those on disk, where the originals are compressed. */
const BATCH_NOTIFICATIONS = 1_000
const BATCH_BYTES = 4 * 1024 * 1024

/**
 * Reads a batch of stored notifications again and updates the columns that differ. Batches follow the time of the
 * notifications, partition by partition; the parts of this step are the services. Notifications that are stored after the
 * start of a part are left out: they have the current columns.
 */
export const rereadNotifications: RefoldStep = async (context, state) => {
  const { database, rules, shards, wakeUps } = context
  const service = services[state.part]
  if (service === undefined) return nextPart(state, services.length)
  if (state.upTo === 0) return { ...state, upTo: await lastNotificationId(database.pool, service) }
  const position = parsePosition(state.after)
  const partition = await openPartition(database.pool, service, position.when)
  if (partition === undefined) return nextPart(state, services.length)
  const limits = { upTo: state.upTo, notifications: BATCH_NOTIFICATIONS, bytes: BATCH_BYTES }
  const batch = await storedNotifications(database.pool, partition, position, limits)
  const last = batch.at(-1)
  if (last === undefined) return { ...state, after: formatPosition({ when: partition.until, id: 0 }) }
  const rows = batch.flatMap((notification) => {
    const result = reread(service, notification, rules)
    return result?.kind === 'stored' ? [{ position: notification, row: result.row }] : []
  })
  const { changed, touched } = await inTransaction(database.pool, async (client) => {
    const result = await updateDerived(client, service, partition, rows, shards)
    if (service !== 'glance') return result
    const queued = await queueImageExists(client, partition, batch, shards)
    return { ...result, touched: [...result.touched, ...queued] }
  })
  wakeUps.enqueue(touched.map(wakeUpFor))
  return {
    ...state,
    after: formatPosition(last),
    notifications: state.notifications + batch.length,
    changed: state.changed + changed,
    unreadable: state.unreadable + batch.length - rows.length,
  }
}

/** Null if the stored text cannot be read: its columns stay. */
function reread(service: Service, { json }: StoredNotification, rules: Rules): NormalizeResult | null {
  try {
    return normalizeStored(service, json, rules)
  } catch {
    return null
  }
}

function parsePosition(after: string): NotificationPosition {
  const [when = 0, id = 0] = after.split(' ').map(Number)
  return { when, id }
}

function formatPosition({ when, id }: NotificationPosition): string {
  return `${when} ${id}`
}
