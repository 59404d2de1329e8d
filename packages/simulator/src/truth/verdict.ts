import type { ExistsFact } from '../notifications/notification.ts'
import { floorSecond, type Micros } from '../core/time.ts'
import type { UsageFault, VerdictTruth } from './truth.ts'
import type { Instance, Launched } from '../world/instance.ts'
import type { SentNotification } from './sentNotification.ts'
import { systemOf, type SentExists, timeIn } from './usage.ts'

const failed = (fault: Extract<VerdictTruth, { status: 'failed' }>['fault']): VerdictTruth => ({
  status: 'failed',
  fault,
})

/**
 * A launch is told at the time that the service had, an exists may emitExistsOf what the database made of it: in the versioned
 * format, which cuts to the second, a time that was rounded up is another one, unless a failed request repeats it.
 */
function launchIsFound(form: SentNotification['form'], launched: Launched, launchedAt: Micros): boolean {
  if (form === 'classic') return true
  const second = floorSecond(launchedAt)
  return second === floorSecond(launched.at) || second === launched.repeatedAt
}

/** Whether the exists shows the instance as it was launched, in all that its format tells of the system. */
function showsSystem(form: SentNotification['form'], fact: ExistsFact, launched: Launched): boolean {
  const shown = systemOf(form, fact.tenant, fact.image)
  const launchedWith = systemOf(form, fact.tenant, launched.image)
  return JSON.stringify(shown) === JSON.stringify(launchedWith)
}

/** What was planted in what is told of the instance. */
export function plantedFault({ usagePlan }: Instance): UsageFault | null {
  return usagePlan?.planted === true ? usagePlan.fault : null
}

/** What becomes of an exists, from how its instance was last launched and what is planted in it. */
export function verdictOf(form: SentNotification['form'], instance: Instance, fact: ExistsFact): VerdictTruth | null {
  const { launched, launchedAt } = fact
  if (launchedAt === null || launched === null) return null
  const never = plantedFault(instance)
  if (never === 'no launch' || !launchIsFound(form, launched, launchedAt)) return failed('no launch')
  if (fact.flavor.flavorId !== launched.flavor.flavorId)
    return failed(fact.planted === 'flavor' ? 'flavor' : 'midOperation')
  if (fact.planted === 'tenant') return failed('tenant')
  if (!showsSystem(form, fact, launched)) return failed('midOperation')
  if (fact.planted === 'contradicted') return failed('contradicted')
  return fact.deletedAt !== null && never === 'no delete' ? failed('no delete') : { status: 'verified' }
}

/** Of exists of one instance, for each the message ids of the others of its audit period and launch time, to the second. */
export function duplicatesOf(exists: readonly SentExists[]): string[][] {
  const keyOf = ({ auditBeginning, auditEnding, launchedAt }: SentExists): string =>
    [auditBeginning, auditEnding, launchedAt].map((at) => (at === null ? '' : timeIn('versioned', at))).join()
  const ids = new Map<string, string[]>()
  for (const one of exists) ids.set(keyOf(one), [...(ids.get(keyOf(one)) ?? []), one.messageId])
  return exists.map((one) => (ids.get(keyOf(one)) ?? []).filter((id) => id !== one.messageId))
}
