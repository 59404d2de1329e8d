import type { InstanceFacts } from '../notifications/facts.ts'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import { type Instant, SECOND } from '../time/instant.ts'
import type { Timing } from '../timing/foldTimings.ts'

/** 2026-11-23 00:00:00, when every story begins. */
export const MIDNIGHT: Instant = 1_795_392_000 * SECOND

/** So many seconds into the story. */
export function at(seconds: number): Instant {
  return MIDNIGHT + Math.round(seconds * SECOND)
}

let count = 0

/**
 * A notification of the story's instance: its event (`compute.instance.` is put before it), when it came in seconds, and
 * what it says besides. Each has an id and an identity of its own.
 */
export function notice(
  event: string,
  seconds: number,
  said: Partial<InstanceNotification> = {},
  facts: InstanceFacts | null = null,
): InstanceNotification {
  const id = ++count
  const messageId = `message-${String(id).padStart(6, '0')}`
  return {
    id,
    when: at(seconds),
    deploymentId: 1,
    identity: `${messageId}\tcloud`,
    instance: 'server',
    event: `compute.instance.${event}`,
    requestId: 'req-1',
    service: 'compute',
    userId: 'user',
    versioned: false,
    tenant: 'tenant',
    host: 'host-1',
    state: 'active',
    oldTask: '',
    messageId,
    dedupKey: messageId,
    imageType: 0,
    raxOptions: '',
    osArchitecture: '',
    osDistro: '',
    osVersion: '',
    facts,
    ...said,
  }
}

/** The same thing said in the versioned format, a hundredth of a second later. */
export function twinOf(classic: InstanceNotification, said: Partial<InstanceNotification> = {}): InstanceNotification {
  const { id, identity, messageId, dedupKey, when } = notice('', 0)
  const own = { id, identity, messageId, dedupKey, when: when - MIDNIGHT + classic.when + SECOND / 100 }
  return { ...classic, ...own, versioned: true, ...said }
}

/** Timings as a table of a story shows them: `create 10 to 15`, `rescue 20 to ?`. */
export function told(timings: readonly Timing[]): string[] {
  const seconds = (edge: { when: Instant } | null) => (edge === null ? '?' : (edge.when - MIDNIGHT) / SECOND)
  return timings.map(
    ({ name, start, end }) => `${name.replace('compute.instance.', '')} ${seconds(start)} to ${seconds(end)}`,
  )
}
