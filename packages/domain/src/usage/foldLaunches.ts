import type { InstanceFacts } from '../notifications/facts.ts'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import type { Instant } from '../time/instant.ts'

/** A launch (complete or in progress) of an instance by one request. */
export interface Launch {
  instance: string
  requestId: string
  launchedAt: Instant | null
  instanceTypeId: string | null
  instanceFlavorId: string | null
  tenant: string | null
  raxOptions: string
  osArchitecture: string
  osVersion: string
  osDistro: string
  /** Whether its last notification was versioned: that format has no instance_type_id and no image metadata. */
  versioned: boolean
  /** `when` of its first and last notification. */
  firstWhen: Instant
  lastWhen: Instant
  /** Distinct values that its notifications reported, in order: an audit during a resize or a revert can mix them. */
  reported: {
    launchedAt: readonly Instant[]
    instanceTypeId: readonly string[]
    instanceFlavorId: readonly string[]
  }
}

/** Effect of an event on the launch of its instance and request. */
interface Effect {
  /** launched_at: `first` sets it if unset; `latest` also raises it to a later value. */
  launchedAt?: 'first' | 'latest'
  /** The flavor fields: always set, set if both are unset, or each set if unset. */
  flavor?: 'always' | 'first' | 'fill'
}

const effects: Record<string, Effect> = {
  'create.start': { flavor: 'always' },
  'rebuild.start': { launchedAt: 'first', flavor: 'always' },
  'rescue.start': { launchedAt: 'first', flavor: 'always' },
  'resize.prep.start': { launchedAt: 'first', flavor: 'first' },
  'resize.revert.start': { launchedAt: 'first', flavor: 'first' },
  'create.end': { launchedAt: 'latest', flavor: 'fill' },
  'rebuild.end': { launchedAt: 'latest', flavor: 'fill' },
  'rescue.end': { launchedAt: 'latest', flavor: 'fill' },
  'finish_resize.start': { flavor: 'always' },
  'finish_resize.end': { launchedAt: 'latest', flavor: 'always' },
  'resize.revert.end': { launchedAt: 'latest', flavor: 'always' },
}

/** Current nova sets a new launched_at on unshelve. Without this rule, verification of all later exists would fail. */
const todaysEffects: Record<string, Effect> = {
  ...effects,
  'unshelve.end': { launchedAt: 'latest', flavor: 'fill' },
}

const PREFIX = 'compute.instance.'

/** Effect of a notification on a launch; null when it has none. */
export function launchEffect(notification: Pick<InstanceNotification, 'event' | 'facts'>, rules: Rules): Effect | null {
  if (!notification.event.startsWith(PREFIX)) return null
  const name = notification.event.slice(PREFIX.length)
  const table = rules === 'today' ? todaysEffects : effects
  const effect = Object.hasOwn(table, name) ? table[name] : undefined
  if (effect === undefined) return null
  return name === 'create.end' && !launched(notification.facts, rules) ? null : effect
}

/**
 * Whether a create.end reports a success. The message of an unsuccessful one is an error, such as `Build of instance …
 * was re-scheduled`, or `Failure`. Nova translates `Success`; today a launched_at makes another message a success.
 */
function launched(facts: InstanceFacts | null, rules: Rules): boolean {
  const message = facts?.message ?? ''
  if (message === '' || message === 'Success') return true
  return rules === 'today' && message !== 'Failure' && facts?.launchedAt !== undefined
}

/** Whether a create.end reports a success, by today's rules. */
export function reportsLaunch({ facts }: Pick<InstanceNotification, 'facts'>): boolean {
  return launched(facts, 'today')
}

/**
 * StackTach's launches, one per instance and request id.
 *
 * @param earlier launches from earlier notifications, by request id
 * @param notifications of one instance, in order
 * @returns new or changed launches, by request id
 */
export function foldLaunches(
  earlier: ReadonlyMap<string, Launch>,
  notifications: readonly InstanceNotification[],
  rules: Rules,
): Map<string, Launch> {
  const launches = new Map<string, Launch>()
  for (const notification of notifications) {
    const effect = launchEffect(notification, rules)
    if (effect === null) continue
    const { requestId } = notification
    const launch = launches.get(requestId) ?? { ...(earlier.get(requestId) ?? newLaunch(notification)) }
    apply(effect, launch, notification)
    launches.set(requestId, launch)
  }
  return launches
}

function newLaunch({ instance, requestId, when, versioned }: InstanceNotification): Launch {
  return {
    instance,
    requestId,
    launchedAt: null,
    instanceTypeId: null,
    instanceFlavorId: null,
    tenant: null,
    raxOptions: '',
    osArchitecture: '',
    osVersion: '',
    osDistro: '',
    versioned,
    firstWhen: when,
    lastWhen: when,
    reported: { launchedAt: [], instanceTypeId: [], instanceFlavorId: [] },
  }
}

function apply(effect: Effect, launch: Launch, notification: InstanceNotification): void {
  const { facts } = notification
  const launchedAt = facts?.launchedAt ?? null
  if (effect.launchedAt === 'first') launch.launchedAt ??= launchedAt
  if (effect.launchedAt === 'latest' && launchedAt !== null) {
    launch.launchedAt = Math.max(launch.launchedAt ?? launchedAt, launchedAt)
  }
  const flavor = { instanceTypeId: facts?.instanceTypeId ?? null, instanceFlavorId: facts?.instanceFlavorId ?? null }
  const unset = launch.instanceTypeId === null && launch.instanceFlavorId === null
  if (effect.flavor === 'always' || (effect.flavor === 'first' && unset)) Object.assign(launch, flavor)
  if (effect.flavor === 'fill') {
    launch.instanceTypeId ??= flavor.instanceTypeId
    launch.instanceFlavorId ??= flavor.instanceFlavorId
  }
  launch.tenant = notification.tenant
  launch.raxOptions = notification.raxOptions
  launch.osArchitecture = notification.osArchitecture
  launch.osVersion = notification.osVersion
  launch.osDistro = notification.osDistro
  launch.versioned = notification.versioned
  launch.lastWhen = notification.when
  launch.reported = {
    launchedAt: withValue(launch.reported.launchedAt, launchedAt),
    instanceTypeId: withValue(launch.reported.instanceTypeId, flavor.instanceTypeId),
    instanceFlavorId: withValue(launch.reported.instanceFlavorId, flavor.instanceFlavorId),
  }
}

function withValue<T>(values: readonly T[], value: T | null): readonly T[] {
  return value === null || values.includes(value) ? values : [...values, value]
}
