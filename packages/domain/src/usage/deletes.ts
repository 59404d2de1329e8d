import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import type { Instant } from '../time/instant.ts'

/**
 * The state of a delete. `deleted` and `soft deleted` are effective; a soft-deleted instance can still be restored.
 * `replaced`: a later delete of the instance counts. `restored`: the instance was restored.
 */
export type DeleteStatus = 'deleted' | 'soft deleted' | 'replaced' | 'restored'

/** A reported deletion of an instance: one row per instance, launched_at and deleted_at. */
export interface InstanceDelete {
  instance: string
  launchedAt: Instant
  /** The payload's terminated_at, or its deleted_at if absent. */
  deletedAt: Instant
  /** The payload's deleted_at: nova sets it up to a second after terminated_at, and an exists repeats it. */
  payloadDeletedAt: Instant | null
  notificationId: number
  status: DeleteStatus
}

const PREFIX = 'compute.instance.'

/** Ends of operations that delete an instance. Only a soft delete can be restored, or reclaimed by a `delete`. */
const deletingEvents: Record<Rules, ReadonlyMap<string, DeleteStatus>> = {
  stacktach: new Map([['delete.end', 'deleted']]),
  // The API deletes an instance itself when its host is down or it has none, and reports only force_delete.
  today: new Map([
    ['delete.end', 'deleted'],
    ['force_delete.end', 'deleted'],
    ['soft_delete.end', 'soft deleted'],
  ]),
}

const RESTORED = 'restore.end'

/** Whether a notification can add or change a delete. */
export function changesDeletes({ event }: Pick<InstanceNotification, 'event'>, rules: Rules): boolean {
  if (!event.startsWith(PREFIX)) return false
  const name = event.slice(PREFIX.length)
  return deletingEvents[rules].has(name) || (rules === 'today' && name === RESTORED)
}

/**
 * Deletes of an instance, from notifications with launch and deletion times. With today's rules an instance has at most
 * one effective delete: the last one reported. StackTach's rules know only `delete.end`, and each of them is effective.
 *
 * @param earlier all deletes of the instance from earlier notifications
 * @param notifications of one instance, in order
 * @returns new or changed deletes
 */
export function foldDeletes(
  earlier: readonly InstanceDelete[],
  notifications: readonly InstanceNotification[],
  rules: Rules,
): InstanceDelete[] {
  const changed = new Map<string, InstanceDelete>()
  const deletes = new Map(earlier.map((row) => [keyOf(row), row]))
  const set = (row: InstanceDelete) => {
    deletes.set(keyOf(row), row)
    changed.set(keyOf(row), row)
  }
  for (const notification of notifications) {
    if (!changesDeletes(notification, rules)) continue
    const name = notification.event.slice(PREFIX.length)
    if (name === RESTORED) {
      for (const row of deletes.values()) if (row.status === 'soft deleted') set({ ...row, status: 'restored' })
      continue
    }
    const row = deleteOf(notification, deletingEvents[rules].get(name) ?? 'deleted')
    if (row === null) continue
    if (rules === 'today') {
      for (const other of deletes.values()) if (isEffective(other)) set({ ...other, status: 'replaced' })
    }
    set(row)
  }
  return [...changed.values()]
}

/** Whether a delete counts: it was neither replaced nor restored. */
export function isEffective({ status }: Pick<InstanceDelete, 'status'>): boolean {
  return status === 'deleted' || status === 'soft deleted'
}

function deleteOf(
  { facts, instance, id }: Pick<InstanceNotification, 'facts' | 'instance' | 'id'>,
  status: DeleteStatus,
): InstanceDelete | null {
  const deletedAt = facts?.terminatedAt ?? facts?.deletedAt
  if (facts?.launchedAt === undefined || deletedAt === undefined) return null
  return {
    instance,
    launchedAt: facts.launchedAt,
    deletedAt,
    payloadDeletedAt: facts.deletedAt ?? null,
    notificationId: id,
    status,
  }
}

function keyOf({ launchedAt, deletedAt }: Pick<InstanceDelete, 'launchedAt' | 'deletedAt'>): string {
  return `${launchedAt} ${deletedAt}`
}
