import type { Rules } from '../rules.ts'
import { formatInstant } from '../time/instant.ts'
import type { InstanceDelete } from '../usage/deletes.ts'
import type { InstanceExists } from '../usage/exists.ts'
import type { Launch } from '../usage/foldLaunches.ts'
import { checkDeletes } from './deletes.ts'
import { inSameSecond, rowsOfSameSecond } from './sameSecond.ts'
import { checkFields, type FlavorField, flavorOf, type VerifyLevel } from './validity.ts'
import { differing, failed, timeOf, VERIFIED, type Verdict } from './verdict.ts'

/** Verification settings. */
export interface VerifyOptions {
  level: VerifyLevel
  flavorField: FlavorField
  rules: Rules
}

/** Recorded launch and deletes of the instance of an exists. */
export interface InstanceEvidence {
  /** The linked launch: same instance, same second; null if there is none. */
  launch: Omit<Launch, 'instance' | 'requestId' | 'firstWhen'> | null
  /** Deletes of the instance with about the same launch time. */
  deletes: readonly Pick<InstanceDelete, 'launchedAt' | 'deletedAt' | 'payloadDeletedAt'>[]
}

export type ExistsToVerify = Pick<
  InstanceExists,
  | 'launchedAt'
  | 'deletedAt'
  | 'terminatedAt'
  | 'auditPeriodEnding'
  | 'instanceTypeId'
  | 'instanceFlavorId'
  | 'tenant'
  | 'raxOptions'
  | 'osArchitecture'
  | 'osVersion'
  | 'osDistro'
  | 'imageType'
>

/**
 * StackTach's verification of a nova exists: its fields must be valid, and it must agree with the launch of its instance
 * in the same second and with the delete. The first failure is the reason.
 */
export function verifyInstanceExists(
  exists: ExistsToVerify,
  { launch, deletes }: InstanceEvidence,
  { level, flavorField, rules }: VerifyOptions,
): Verdict {
  const malformed = checkFields(exists, level, flavorField)
  if (malformed !== null) return malformed
  const launchedAt = formatInstant(exists.launchedAt)
  if (launch === null) return failed('no launch', `this instance has no launch at ${launchedAt}`)
  const difference = differenceFrom(exists, launch, flavorField, rules)
  if (difference !== null) return failed('launch differs', difference)
  const launchDeletes = rowsOfSameSecond(deletes, exists.launchedAt, rules)
  return checkDeletes(exists, launchDeletes, `the launch at ${launchedAt}`, rules) ?? VERIFIED
}

/** The first field that differs between an exists and its launch. */
function differenceFrom(
  exists: ExistsToVerify,
  launch: NonNullable<InstanceEvidence['launch']>,
  flavorField: FlavorField,
  rules: Rules,
): string | null {
  if (launch.launchedAt === null || !inSameSecond(exists.launchedAt, launch.launchedAt, rules)) {
    return differing('launched_at', timeOf(exists.launchedAt), 'launch', timeOf(launch.launchedAt))
  }
  const fields: [string, string | null, string | null][] = [
    [flavorField, flavorOf(exists, flavorField), flavorOf(launch, flavorField)],
    ['tenant', exists.tenant, launch.tenant],
    ['rax_options', exists.raxOptions, launch.raxOptions],
    ['os_architecture', exists.osArchitecture, launch.osArchitecture],
    ['os_version', exists.osVersion, launch.osVersion],
    ['os_distro', exists.osDistro, launch.osDistro],
  ]
  const difference = fields.find(([, inExists, inLaunch]) => inExists !== inLaunch)
  if (difference === undefined) return null
  const [field, inExists, inLaunch] = difference
  return differing(field, inExists, 'launch', inLaunch)
}
