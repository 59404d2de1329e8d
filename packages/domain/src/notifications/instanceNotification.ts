import type { Instant } from '../time/instant.ts'
import type { InstanceFacts } from './facts.ts'

/** A stored nova notification as read by the folds. */
export interface InstanceNotification {
  id: number
  when: Instant
  deploymentId: number
  /** Dedup key and deployment name: with `when`, the notification's identity in every database. */
  identity: string
  instance: string
  event: string
  requestId: string
  service: string
  userId: string | null
  versioned: boolean
  tenant: string | null
  host: string | null
  state: string | null
  oldTask: string | null
  messageId: string | null
  dedupKey: string
  imageType: number
  raxOptions: string
  osArchitecture: string
  osDistro: string
  osVersion: string
  facts: InstanceFacts | null
}

/** A position in the fold order of an instance. */
export interface Position {
  when: Instant
  tieBreak: string
}

/**
 * Sort key among notifications of the same microsecond: `.start` first, `.end` last, then by event, then by identity.
 * Compared by UTF-16 code unit.
 */
function tieBreak({ event, identity }: Pick<InstanceNotification, 'event' | 'identity'>): string {
  const rank = event.endsWith('.start') ? 0 : event.endsWith('.end') ? 2 : 1
  return `${rank}\t${event}\t${identity}`
}

export function positionOf(notification: Pick<InstanceNotification, 'when' | 'event' | 'identity'>): Position {
  return { when: notification.when, tieBreak: tieBreak(notification) }
}

/** Negative when `a` precedes `b`, zero when the positions are equal. */
export function comparePositions(a: Position, b: Position): number {
  if (a.when !== b.when) return a.when - b.when
  return a.tieBreak === b.tieBreak ? 0 : a.tieBreak < b.tieBreak ? -1 : 1
}

/** Sorts notifications into fold order and removes duplicate ids. */
export function sortByPosition<N extends Pick<InstanceNotification, 'id' | 'when' | 'event' | 'identity'>>(
  notifications: readonly N[],
): N[] {
  const keyed = notifications.map((notification) => ({ notification, position: positionOf(notification) }))
  keyed.sort((a, b) => comparePositions(a.position, b.position))
  return keyed
    .filter(({ notification }, index) => notification.id !== keyed[index - 1]?.notification.id)
    .map(({ notification }) => notification)
}
