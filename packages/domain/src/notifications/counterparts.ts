import { floorTo, SECOND } from '../time/instant.ts'
import type { InstanceNotification } from './instanceNotification.ts'

export const EXISTS = 'compute.instance.exists'

type Paired = Pick<InstanceNotification, 'identity' | 'event' | 'requestId' | 'facts'>

/**
 * What a versioned notification of an instance shares with its classic counterpart: the event and the request id; for an exists
 * the audit period, to the second, since that is all the versioned format says. Without a request id it has no counterpart.
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
 * Without the versioned notifications whose classic counterpart is there too: among these, or known to be stored already.
 * That depends on the set of notifications alone, so it is the same in any order. The one exception: a versioned one that
 * counted and is gone cannot be left out any more, so that its classic counterpart is.
 *
 * @param prunedVersioned keys of versioned notifications that counted and are gone
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
