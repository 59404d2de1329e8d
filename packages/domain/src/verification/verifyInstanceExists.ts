import type { Rules } from '../rules.ts'
import { formatInstant } from '../time/instant.ts'
import type { InstanceDelete } from '../usage/deletes.ts'
import type { InstanceExists } from '../usage/exists.ts'
import { type ComparedExists, type ComparedLaunch, differencesFrom, passedThrough } from './compareLaunch.ts'
import { checkDeletes } from './deletes.ts'
import { inSameSecond } from './sameSecond.ts'
import { checkFields, type FlavorField, type VerifyLevel } from './validity.ts'
import { failed, timeOf, VERIFIED, type Verdict } from './verdict.ts'

/** Verification settings. */
export interface VerifyOptions {
  level: VerifyLevel
  flavorField: FlavorField
  rules: Rules
}

/** Recorded launches and deletes of the instance of an exists. */
export interface InstanceEvidence {
  /**
   * Launches, the linked one first: those in the same second, and those whose request was active when the exists was
   * published. If there are none: the launch closest in time. Under StackTach's rules: the linked launch.
   */
  launches: readonly ComparedLaunch[]
  /** Deletes of the instance with about the same launch time. */
  deletes: readonly Pick<InstanceDelete, 'launchedAt' | 'deletedAt' | 'payloadDeletedAt' | 'status'>[]
}

export type ExistsToVerify = ComparedExists &
  Pick<InstanceExists, 'deletedAt' | 'terminatedAt' | 'auditPeriodEnding' | 'imageType'>

/**
 * StackTach's verification of a nova exists: its fields must be valid, and it must agree with a launch of its instance
 * in the same second and with the delete. The first failure is the reason. With today's rules, any launch of the second
 * may agree, and an exists may report a state that a request passed through.
 */
export function verifyInstanceExists(
  exists: ExistsToVerify,
  { launches, deletes }: InstanceEvidence,
  { level, flavorField, rules }: VerifyOptions,
): Verdict {
  const malformed = checkFields(exists, level, flavorField, rules)
  if (malformed !== null) return malformed
  const contradicted = rules === 'today' ? checkLaunches : checkLinkedLaunch
  const launchDeletes = deletes.filter(({ launchedAt }) => inSameSecond(launchedAt, exists.launchedAt, rules))
  return (
    contradicted(exists, launches, flavorField) ??
    checkDeletes(exists, launchDeletes, `the launch at ${formatInstant(exists.launchedAt)}`, rules) ??
    VERIFIED
  )
}

/** StackTach's check of the linked launch: the first field that differs is the reason. */
function checkLinkedLaunch(
  exists: ExistsToVerify,
  [launch]: readonly ComparedLaunch[],
  flavorField: FlavorField,
): Verdict | null {
  if (launch === undefined) return noLaunch(exists)
  const [difference] = differencesFrom(exists, launch, flavorField, 'stacktach')
  return difference === undefined ? null : failed('launch differs', difference)
}

/** The check of all launches: the reason names the closest one and every field that differs. */
function checkLaunches(
  exists: ExistsToVerify,
  launches: readonly ComparedLaunch[],
  flavorField: FlavorField,
): Verdict | null {
  const compared = launches.map((launch) => ({
    launch,
    differences: differencesFrom(exists, launch, flavorField, 'today'),
  }))
  if (compared.some(({ differences }) => differences.length === 0)) return null
  if (launches.some((launch) => passedThrough(exists, launch, flavorField))) return null
  const ofSecond = compared.filter(
    ({ launch: { launchedAt } }) => launchedAt !== null && inSameSecond(exists.launchedAt, launchedAt, 'today'),
  )
  const [first, ...others] = ofSecond.length > 0 ? ofSecond : compared
  if (first === undefined) return noLaunch(exists)
  const closest = others.reduce(
    (best, other) => (other.differences.length < best.differences.length ? other : best),
    first,
  )
  const name = `the closest launch is at ${timeOf(closest.launch.launchedAt) ?? 'no time'}, of request ${closest.launch.requestId || 'none'}`
  return ofSecond.length > 0
    ? failed('launch differs', `${closest.differences.join(', ')}; ${name}`)
    : failed('no launch', `${noLaunchDetail(exists)}; ${name}: ${closest.differences.join(', ')}`)
}

function noLaunch(exists: ExistsToVerify): Verdict {
  return failed('no launch', noLaunchDetail(exists))
}

function noLaunchDetail({ launchedAt }: ExistsToVerify): string {
  return `this instance has no launch at ${formatInstant(launchedAt)}`
}
