import type { Instant } from '../time/instant.ts'
import type { InstanceFacts } from './facts.ts'

/** A stored nova notification as the folds read it. */
export interface InstanceNotification {
  id: number
  when: Instant
  deploymentId: number
  /** Dedup key and deployment's name: with `when`, what makes a notification itself, the same in every database. */
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

/** A place in the order that instances are folded in. */
export interface Position {
  when: Instant
  tieBreak: string
}

/**
 * The place of a notification among those of the same microsecond: `.start` first, `.end` last, then by event, then by
 * identity. Compared code unit by code unit.
 */
function tieBreak({ event, identity }: Pick<InstanceNotification, 'event' | 'identity'>): string {
  const rank = event.endsWith('.start') ? 0 : event.endsWith('.end') ? 2 : 1
  return `${rank}\t${event}\t${identity}`
}

export function positionOf(notification: Pick<InstanceNotification, 'when' | 'event' | 'identity'>): Position {
  return { when: notification.when, tieBreak: tieBreak(notification) }
}

/** Negative when `a` comes first, zero when both are the same place. */
export function comparePositions(a: Position, b: Position): number {
  if (a.when !== b.when) return a.when - b.when
  return a.tieBreak === b.tieBreak ? 0 : a.tieBreak < b.tieBreak ? -1 : 1
}

/** In the order they are folded in, each once. */
export function sortByPosition<N extends Pick<InstanceNotification, 'id' | 'when' | 'event' | 'identity'>>(
  notifications: readonly N[],
): N[] {
  const keyed = notifications.map((notification) => ({ notification, position: positionOf(notification) }))
  keyed.sort((a, b) => comparePositions(a.position, b.position))
  return keyed
    .filter(({ notification }, index) => notification.id !== keyed[index - 1]?.notification.id)
    .map(({ notification }) => notification)
}
