import { floorSecond, type Micros } from '../core/time.ts'
import type { ExistsFact, Form } from '../notifications/notification.ts'
import type { Instance, Launched, UsageFault } from '../world/instance.ts'
import type { VerdictTruth } from './truth.ts'
import { type SentExists, systemIn, timeIn } from './usage.ts'

const failed = (fault: Extract<VerdictTruth, { status: 'failed' }>['fault']): VerdictTruth => ({
  status: 'failed',
  fault,
})

/**
 * Whether an exists with this launch time matches the launch. A launch notification has the service's time, an exists
 * may have the database's rounded time. In the versioned form, which truncates to seconds, a time that was rounded up
 * does not match, unless a failed request has sent it again.
 */
function matchesLaunch(form: Form, launched: Launched, launchedAt: Micros): boolean {
  if (form === 'classic') return true
  const second = floorSecond(launchedAt)
  return second === floorSecond(launched.at) || second === launched.repeatedAt
}

/** Whether the exists has the image that the instance was launched from, as far as its form has the image. */
function matchesSystem(form: Form, fact: ExistsFact, launched: Launched): boolean {
  const inExists = systemIn(form, fact.tenant, fact.image)
  const atLaunch = systemIn(form, fact.tenant, launched.image)
  return JSON.stringify(inExists) === JSON.stringify(atLaunch)
}

/** The fault that was planted in the instance's usage. */
export function plantedFault({ usagePlan }: Instance): UsageFault | null {
  return usagePlan?.planted === true ? usagePlan.fault : null
}

/** The expected verdict on an exists, from the instance's last launch and its planted fault. */
export function verdictOf(form: Form, instance: Instance, fact: ExistsFact): VerdictTruth | null {
  const { launched, launchedAt } = fact
  if (launchedAt === null || launched === null) return null
  const planted = plantedFault(instance)
  if (planted === 'no launch' || !matchesLaunch(form, launched, launchedAt)) return failed('no launch')
  if (fact.flavor.flavorId !== launched.flavor.flavorId)
    return failed(fact.planted === 'flavor' ? 'flavor' : 'mid operation')
  if (fact.planted === 'tenant') return failed('tenant')
  if (!matchesSystem(form, fact, launched)) return failed('mid operation')
  if (fact.planted === 'contradicted') return failed('contradicted')
  return fact.deletedAt !== null && planted === 'no delete' ? failed('no delete') : { status: 'verified' }
}

/**
 * For each exists of one instance, the message ids of the others with its audit period and launch time, to the second.
 */
export function duplicatesOf(exists: readonly SentExists[]): string[][] {
  const keyOf = ({ auditBeginning, auditEnding, launchedAt }: SentExists): string =>
    [auditBeginning, auditEnding, launchedAt].map((at) => (at === null ? '' : timeIn('versioned', at))).join()
  const ids = new Map<string, string[]>()
  for (const each of exists) ids.set(keyOf(each), [...(ids.get(keyOf(each)) ?? []), each.messageId])
  return exists.map((each) => (ids.get(keyOf(each)) ?? []).filter((id) => id !== each.messageId))
}
