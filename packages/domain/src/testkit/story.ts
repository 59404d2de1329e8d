import type { InstanceFacts } from '../notifications/facts.ts'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import { type Instant, SECOND } from '../time/instant.ts'
import type { Timing } from '../timing/foldTimings.ts'

/** 2026-11-23 00:00:00: the beginning of every story. */
export const MIDNIGHT: Instant = 1_795_392_000 * SECOND

/** The time `seconds` after the beginning of the story. */
export function at(seconds: number): Instant {
  return MIDNIGHT + Math.round(seconds * SECOND)
}

let lastId = 0

/**
 * A nova notification with a unique id and identity.
 *
 * @param event without `compute.instance.`
 * @param seconds its time
 * @param fields other than the defaults
 */
export function novaEvent(
  event: string,
  seconds: number,
  fields: Partial<InstanceNotification> = {},
  facts: InstanceFacts | null = null,
): InstanceNotification {
  const id = ++lastId
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
    ...fields,
  }
}

/** The versioned counterpart of a classic notification, a hundredth of a second later. */
export function counterpartOf(
  classic: InstanceNotification,
  fields: Partial<InstanceNotification> = {},
): InstanceNotification {
  const { id, identity, messageId, dedupKey, when } = novaEvent('', 0)
  const own = { id, identity, messageId, dedupKey, when: when - MIDNIGHT + classic.when + SECOND / 100 }
  return { ...classic, ...own, versioned: true, ...fields }
}

/** Timings as short texts: `create 10 to 15`, `rescue 20 to ?`. */
export function timingTexts(timings: readonly Timing[]): string[] {
  const seconds = (edge: { when: Instant } | null) => (edge === null ? '?' : (edge.when - MIDNIGHT) / SECOND)
  return timings.map(
    ({ name, start, end }) => `${name.replace('compute.instance.', '')} ${seconds(start)} to ${seconds(end)}`,
  )
}
