import type { Rules } from '../rules.ts'
import { type Instant, MINUTE } from '../time/instant.ts'
import type { InstanceExists } from '../usage/exists.ts'
import type { Launch } from '../usage/foldLaunches.ts'
import { inSameSecond } from './sameSecond.ts'
import { type FlavorField, flavorOf } from './validity.ts'
import { differing, timeOf } from './verdict.ts'

/** The fields of an exists that its launch has, too. */
export type ComparedExists = Pick<
  InstanceExists,
  | 'when'
  | 'versioned'
  | 'launchedAt'
  | 'instanceTypeId'
  | 'instanceFlavorId'
  | 'tenant'
  | 'raxOptions'
  | 'osArchitecture'
  | 'osVersion'
  | 'osDistro'
>

/** A recorded launch of the instance of an exists. */
export type ComparedLaunch = Omit<Launch, 'instance'>

/**
 * How long before its first and after its last notification a request may still be reflected by an exists. An audit
 * reads all instances of a host, then publishes one exists after the other.
 */
export const AUDIT_DURATION = 10 * MINUTE

/** A field of an exists and of a launch; the values that the launch's request reported are `reported`. */
interface ComparedField {
  name: string
  inExists: string | null
  inLaunch: string | null
  reported?: readonly string[]
}

/**
 * The fields in which an exists differs from a launch, each as a text with both values. With today's rules, fields that
 * the format of either notification does not have are not compared.
 */
export function differencesFrom(
  exists: ComparedExists,
  launch: ComparedLaunch,
  flavorField: FlavorField,
  rules: Rules,
): string[] {
  return [
    ...(launch.launchedAt === null || !inSameSecond(exists.launchedAt, launch.launchedAt, rules)
      ? [differing('launched_at', timeOf(exists.launchedAt), 'launch', timeOf(launch.launchedAt))]
      : []),
    ...comparedFields(exists, launch, flavorField, rules)
      .filter(({ inExists, inLaunch }) => inExists !== inLaunch)
      .map(({ name, inExists, inLaunch }) => differing(name, inExists, 'launch', inLaunch)),
  ]
}

/**
 * Whether the request of a launch passed through the state that an exists reports. During a resize or a revert, nova
 * changes the flavor before launched_at; an audit at that time reports the new flavor with the old launched_at.
 */
export function passedThrough(exists: ComparedExists, launch: ComparedLaunch, flavorField: FlavorField): boolean {
  if (exists.when < launch.firstWhen - AUDIT_DURATION || exists.when > launch.lastWhen + AUDIT_DURATION) return false
  const launchedAt = launch.reported.launchedAt.some((time: Instant) => inSameSecond(exists.launchedAt, time, 'today'))
  return (
    launchedAt &&
    comparedFields(exists, launch, flavorField, 'today').every(({ inExists, inLaunch, reported = [] }) =>
      [inLaunch, ...reported].includes(inExists),
    )
  )
}

function comparedFields(
  exists: ComparedExists,
  launch: ComparedLaunch,
  flavorField: FlavorField,
  rules: Rules,
): ComparedField[] {
  const oneIsVersioned = rules === 'today' && (exists.versioned || launch.versioned)
  const tenant = { name: 'tenant', inExists: exists.tenant, inLaunch: launch.tenant }
  if (oneIsVersioned) {
    // The versioned format has neither instance_type_id nor image metadata.
    const comparable = exists.instanceFlavorId !== null && launch.instanceFlavorId !== null
    return comparable ? [flavor(exists, launch, 'instance_flavor_id'), tenant] : [tenant]
  }
  return [
    flavor(exists, launch, flavorField),
    tenant,
    { name: 'rax_options', inExists: exists.raxOptions, inLaunch: launch.raxOptions },
    { name: 'os_architecture', inExists: exists.osArchitecture, inLaunch: launch.osArchitecture },
    { name: 'os_version', inExists: exists.osVersion, inLaunch: launch.osVersion },
    { name: 'os_distro', inExists: exists.osDistro, inLaunch: launch.osDistro },
  ]
}

function flavor(exists: ComparedExists, launch: ComparedLaunch, field: FlavorField): ComparedField {
  const reported = field === 'instance_type_id' ? launch.reported.instanceTypeId : launch.reported.instanceFlavorId
  return { name: field, inExists: flavorOf(exists, field), inLaunch: flavorOf(launch, field), reported }
}
