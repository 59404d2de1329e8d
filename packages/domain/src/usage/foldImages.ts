import type { GlanceFacts } from '../notifications/facts.ts'
import { comparePositions, positionOf } from '../notifications/instanceNotification.ts'
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
 * image with a created_at. The fold is stateless: each row records its source notification and is replaced by a later
 * one.
 */
export function foldImages(notifications: readonly ImageNotification[]): ImageFold {
  const usages = new Map<string, ImageUsage>()
  const deletes = new Map<string, ImageDelete>()
  const exists = new Map<string, ImageExists>()
  for (const notification of notifications) {
    const source = { notificationId: notification.id, ...positionOf(notification) }
    for (const { uuid, createdAt, deletedAt, owner = null, size = null } of notification.facts?.images ?? []) {
      if (uuid !== notification.image) continue
      if (notification.event === 'image.activate' && createdAt !== undefined) {
        setIfLater(usages, uuid, { ...source, uuid, createdAt, owner, size })
      } else if (notification.event === 'image.delete' && deletedAt !== undefined) {
        setIfLater(deletes, uuid, { ...source, uuid, deletedAt })
      } else if (notification.event === 'image.exists' && createdAt !== undefined) {
        const { deploymentId, dedupKey, messageId } = notification
        setIfLater(exists, JSON.stringify([deploymentId, dedupKey, uuid]), {
          ...source,
          deploymentId,
          dedupKey,
          messageId,
          uuid,
          createdAt,
          deletedAt: deletedAt ?? null,
          owner,
          size,
          auditPeriodBeginning: notification.facts?.auditPeriodBeginning ?? null,
          auditPeriodEnding: notification.facts?.auditPeriodEnding ?? null,
        })
      }
    }
  }
  return { usages: [...usages.values()], deletes: [...deletes.values()], exists: [...exists.values()] }
}

function setIfLater<R extends Source>(rows: Map<string, R>, key: string, row: R): void {
  const before = rows.get(key)
  if (before === undefined || comparePositions(before, row) < 0) rows.set(key, row)
}
