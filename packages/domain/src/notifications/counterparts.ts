import { floorTo, SECOND } from '../time/instant.ts'
import type { InstanceNotification } from './instanceNotification.ts'

export const EXISTS = 'compute.instance.exists'

type CounterpartFields = Pick<InstanceNotification, 'identity' | 'event' | 'requestId' | 'facts'>

/**
 * The key that a versioned instance notification shares with its classic counterpart: event and request id. For an
 * exists: the audit period to the second, which is the precision of the versioned format. Other notifications without
 * a request id have no counterpart.
 */
export function counterpartKey({ identity, event, requestId, facts }: CounterpartFields): string {
  if (event !== EXISTS) return requestId === '' ? `${event}\t\t${identity}` : `${event}\t${requestId}`
  return periodKey(facts?.auditPeriodBeginning ?? null, facts?.auditPeriodEnding ?? null)
}

/** The counterpart key of an exists with this audit period, in microseconds. */
export function periodKey(beginning: number | null, ending: number | null): string {
  return `${EXISTS}\t${wholeSecond(beginning)}\t${wholeSecond(ending)}`
}

function wholeSecond(instant: number | null): number | '' {
  return instant === null ? '' : floorTo(instant, SECOND)
}

/**
 * Leaves out versioned notifications whose classic counterpart is in the set or already stored. The result depends only
 * on the set, not on its order. Exception: if retention dropped the versioned notification after it was folded, its
 * classic counterpart is left out instead.
 *
 * @param storedClassic keys of stored classic notifications outside the set
 * @param prunedVersioned keys of dropped versioned notifications that were folded
 */
export function withoutCounterparts(
  notifications: readonly InstanceNotification[],
  storedClassic: ReadonlySet<string> = new Set(),
  prunedVersioned: ReadonlySet<string> = new Set(),
): InstanceNotification[] {
  const classic = new Set(notifications.filter(({ versioned }) => !versioned).map(counterpartKey))
  if (classic.size === notifications.length && prunedVersioned.size === 0) return [...notifications]
  return notifications.filter((notification) => {
    const key = counterpartKey(notification)
    return notification.versioned ? !classic.has(key) && !storedClassic.has(key) : !prunedVersioned.has(key)
  })
}
