import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import type { Instant } from '../time/instant.ts'

/** An instance deleted: one for each instance, launched_at and deleted_at. */
export interface InstanceDelete {
  instance: string
  launchedAt: Instant
  /** terminated_at of the payload, else its deleted_at. */
  deletedAt: Instant
  /** deleted_at of the payload: nova writes it up to a second after terminated_at, and an exists repeats it. */
  payloadDeletedAt: Instant | null
  notificationId: number
}

/** StackTach's deletes: of each `compute.instance.delete.end` that says when the instance was launched and deleted. */
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
