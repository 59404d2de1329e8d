import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import type { Instant } from '../time/instant.ts'

/** A deleted instance: one row per instance, launched_at and deleted_at. */
export interface InstanceDelete {
  instance: string
  launchedAt: Instant
  /** The payload's terminated_at, or its deleted_at if absent. */
  deletedAt: Instant
  /** The payload's deleted_at: nova sets it up to a second after terminated_at, and an exists repeats it. */
  payloadDeletedAt: Instant | null
  notificationId: number
}

/** StackTach's deletes: one for each `compute.instance.delete.end` with launch and deletion times. */
export function foldDeletes(notifications: readonly InstanceNotification[]): InstanceDelete[] {
  const deletes = new Map<string, InstanceDelete>()
  for (const { event, facts, instance, id } of notifications) {
    if (event !== 'compute.instance.delete.end' || facts?.launchedAt === undefined) continue
    const deletedAt = facts.terminatedAt ?? facts.deletedAt
    if (deletedAt === undefined) continue
    deletes.set(`${facts.launchedAt} ${deletedAt}`, {
      instance,
      launchedAt: facts.launchedAt,
      deletedAt,
      payloadDeletedAt: facts.deletedAt ?? null,
      notificationId: id,
    })
  }
  return [...deletes.values()]
}
