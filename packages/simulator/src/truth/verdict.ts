import { floorSecond, type Micros } from '../core/time.ts'
import type { Deletion, ExistsFact, Form } from '../notifications/notification.ts'
import type { Instance, Launched, UsageFault } from '../world/instance.ts'
import type { VerdictTruth } from './truth.ts'
import { type SentExists, systemIn, timeIn } from './usage.ts'

const failed = (fault: Extract<VerdictTruth, { status: 'failed' }>['fault']): VerdictTruth => ({
  status: 'failed',
  fault,
})

/** What was sent about an instance, as verdicts depend on it. */
export type SentAbout = {
  readonly instance: Instance
  /** The form in which each request's launch was sent, by request id. */
  readonly launchForms: ReadonlyMap<string, Form>
  readonly deletions: readonly { readonly form: Form; readonly deletion: Deletion }[]
}

/**
 * Whether an exists with this launch time matches the launch. A launch notification has the service's time, an exists
 * may have the database's rounded time. In the versioned form, which truncates to seconds, a time that was rounded up
 * does not match, unless a failed request has sent it again.
 */
function matchesLaunch(form: Form, launched: Launched, launchedAt: Micros, { launchForms }: SentAbout): boolean {
  if (form === 'classic' || launchForms.get(launched.requestId) === 'classic') return true
  const second = floorSecond(launchedAt)
  return second === floorSecond(launched.at) || second === launched.repeatedAt
}

/** Whether the exists has the times of a delete, as far as the forms have them. */
function matchesDelete(form: Form, fact: ExistsFact, { deletions }: SentAbout): boolean {
  return deletions.some((sent) => {
    if (form === 'classic' || sent.form === 'classic') return true
    const { terminatedAt, deletedAt } = sent.deletion
    const sentSeconds = [terminatedAt, deletedAt].map((at) => (at === null ? null : floorSecond(at)))
    return [fact.terminatedAt, fact.deletedAt].some((at) => at !== null && sentSeconds.includes(floorSecond(at)))
  })
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

/** Whether an exists without a planted fault has another flavor or image than its launch. */
export function isMixed(form: Form, fact: ExistsFact): boolean {
  const { launched, planted } = fact
  if (launched === null || planted === 'flavor' || planted === 'tenant') return false
  return fact.flavor.flavorId !== launched.flavor.flavorId || !matchesSystem(form, fact, launched)
}

/** The expected verdict on an exists, from the instance's last launch and its planted fault. */
export function verdictOf(form: Form, fact: ExistsFact, sent: SentAbout): VerdictTruth | null {
  const { launched, launchedAt } = fact
  if (launchedAt === null || launched === null) return null
  const planted = plantedFault(sent.instance)
  if (planted === 'no launch' || !matchesLaunch(form, launched, launchedAt, sent)) return failed('no launch')
  if (fact.planted === 'flavor' || fact.planted === 'tenant' || fact.planted === 'contradicted')
    return failed(fact.planted)
  if (fact.deletedAt === null) return { status: 'verified' }
  return planted === 'no delete' || !matchesDelete(form, fact, sent) ? failed('no delete') : { status: 'verified' }
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
