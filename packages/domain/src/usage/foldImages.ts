import type { GlanceFacts } from '../notifications/facts.ts'
import { comparePositions, type Position, positionOf } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import type { Instant } from '../time/instant.ts'

/** A stored glance notification as the fold reads it: once for each of its images. */
export interface ImageNotification {
  /** The image to fold; the other images of the notification are folded separately. */
  image: string
  id: number
  when: Instant
  deploymentId: number
  identity: string
  event: string
  messageId: string | null
  dedupKey: string
  facts: GlanceFacts | null
}

/** The notification of an image row. If two notifications produce the same row, the later one counts. */
interface Source {
  notificationId: number
  when: Instant
  tieBreak: string
}

export interface ImageUsage extends Source {
  /**
   * Of two usages of an image the one with the higher priority counts: an activation before anything else, then the later
   * activation, or the earlier notification of an active image.
   */
  priority: number
  uuid: string
  createdAt: Instant
  owner: string | null
  size: string | null
}

export interface ImageDelete extends Source {
  uuid: string
  deletedAt: Instant
}

export interface ImageExists extends Source {
  deploymentId: number
  dedupKey: string
  messageId: string | null
  uuid: string
  createdAt: Instant
  deletedAt: Instant | null
  owner: string | null
  size: string | null
  auditPeriodBeginning: Instant | null
  auditPeriodEnding: Instant | null
}

export interface ImageFold {
  usages: ImageUsage[]
  deletes: ImageDelete[]
  exists: ImageExists[]
}

/**
 * StackTach's image usage: `image.activate` creates a usage, `image.delete` a delete, `image.exists` one exists per
 * image with a created_at. With today's rules an image without an activation is used since its first notification with
 * status active. An image of an exists belongs to its own owner; under StackTach's rules to that of the notification.
 * The fold is stateless: each row records its source notification and is replaced by one that takes precedence.
 */
export function foldImages(notifications: readonly ImageNotification[], rules: Rules): ImageFold {
  const usages = new Map<string, ImageUsage>()
  const deletes = new Map<string, ImageDelete>()
  const exists = new Map<string, ImageExists>()
  for (const notification of notifications) {
    const source = { notificationId: notification.id, ...positionOf(notification) }
    const { event, facts } = notification
    for (const { uuid, createdAt, deletedAt, owner = null, size = null } of facts?.images ?? []) {
      if (uuid !== notification.image) continue
      const isActivation = event === 'image.activate'
      const reportsActive = rules === 'today' && event !== 'image.delete' && event !== 'image.exists'
      if ((isActivation || reportsActive) && createdAt !== undefined) {
        const priority = isActivation ? source.when : -source.when
        setIfLater(usages, uuid, { ...source, priority, uuid, createdAt, owner, size })
      } else if (event === 'image.delete' && deletedAt !== undefined) {
        setIfLater(deletes, uuid, { ...source, uuid, deletedAt })
      } else if (event === 'image.exists' && createdAt !== undefined) {
        const { deploymentId, dedupKey, messageId } = notification
        setIfLater(exists, JSON.stringify([deploymentId, dedupKey, uuid]), {
          ...source,
          deploymentId,
          dedupKey,
          messageId,
          uuid,
          createdAt,
          deletedAt: deletedAt ?? null,
          owner: rules === 'today' ? (owner ?? facts?.owner ?? null) : (facts?.owner ?? null),
          size,
          auditPeriodBeginning: facts?.auditPeriodBeginning ?? null,
          auditPeriodEnding: facts?.auditPeriodEnding ?? null,
        })
      }
    }
  }
  return { usages: [...usages.values()], deletes: [...deletes.values()], exists: [...exists.values()] }
}

function precedence<R extends Source & { priority?: number }>({ priority, when, tieBreak }: R): Position {
  return { when: priority ?? when, tieBreak }
}

function setIfLater<R extends Source>(rows: Map<string, R>, key: string, row: R): void {
  const before = rows.get(key)
  if (before === undefined || comparePositions(precedence(before), precedence(row)) < 0) rows.set(key, row)
}
