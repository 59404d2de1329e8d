import { floorTo, SECOND } from '../time/instant.ts'
import type { InstanceNotification } from './instanceNotification.ts'

export const EXISTS = 'compute.instance.exists'

type Paired = Pick<InstanceNotification, 'identity' | 'event' | 'requestId' | 'facts'>

/**
 * The key that a versioned instance notification shares with its classic counterpart: event and request id; for an
 * exists the audit period to the second (the precision of the versioned format). Without a request id there is no
 * counterpart.
 */
export function counterpartKey({ identity, event, requestId, facts }: Paired): string {
  if (event !== EXISTS) return requestId === '' ? `${event}\t\t${identity}` : `${event}\t${requestId}`
  return periodKey(facts?.auditPeriodBeginning ?? null, facts?.auditPeriodEnding ?? null)
}

export function periodKey(beginning: number | null, ending: number | null): string {
  return `${EXISTS}\t${wholeSecond(beginning)}\t${wholeSecond(ending)}`
}

function wholeSecond(instant: number | null): number | '' {
  return instant === null ? '' : floorTo(instant, SECOND)
}

/**
 * Leaves out versioned notifications whose classic counterpart is in the set or already stored. The result depends on
 * the set only, not on its order. Exception: the classic counterpart of a pruned versioned notification that counted
 * is left out instead.
 *
 * @param prunedVersioned keys of pruned versioned notifications that counted
 */
export function withoutCounterparts(
  notifications: readonly InstanceNotification[],
  knownClassic: ReadonlySet<string> = new Set(),
  prunedVersioned: ReadonlySet<string> = new Set(),
): InstanceNotification[] {
  const classic = new Set(notifications.filter(({ versioned }) => !versioned).map(counterpartKey))
  if (classic.size === notifications.length && prunedVersioned.size === 0) return [...notifications]
  return notifications.filter((notification) => {
    const key = counterpartKey(notification)
    return notification.versioned ? !classic.has(key) && !knownClassic.has(key) : !prunedVersioned.has(key)
  })
}
