import { startsRequest } from '../kpi/tracker.ts'
import { type InstanceNotification, sortByPosition } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import { FIRST_INSTANT, LAST_INSTANT, SECOND } from '../time/instant.ts'
import type { Timing } from '../timing/foldTimings.ts'
import type { InstanceExists } from '../usage/exists.ts'
import { type Launch, launchEffect } from '../usage/foldLaunches.ts'
import { type Boundary, foldFromBoundary } from './boundary.ts'
import { FROM_THE_BEGINNING, foldInstance, type InstanceFold, type Lifecycle, needsRefold } from './foldInstance.ts'

/** Notifications by instance, in order. */
export type ByInstance = ReadonlyMap<string, InstanceNotification[]>

/** A stored notification that may be a counterpart: its instance and counterpart key. */
export interface StoredCounterpart {
  instance: string
  key: string
  versioned: boolean
  when: number
}

/** Which instances are continued and which are refolded from their beginning. */
export interface FoldPlan {
  continued: ByInstance
  refolded: string[]
}

/**
 * Stored rows of continued instances that the new notifications can change, and the boundaries of instances that are
 * refolded or have both formats.
 */
export interface StoredFoldState {
  lifecycles: ReadonlyMap<string, Lifecycle>
  openTimings: readonly Timing[]
  launches: readonly Launch[]
  counterparts: readonly StoredCounterpart[]
  boundaries: ReadonlyMap<string, Boundary>
}

/** Identity of an exists. */
export type ExistsKey = Pick<InstanceExists, 'deploymentId' | 'dedupKey'>

export function byInstance(notifications: readonly InstanceNotification[]): ByInstance {
  const groups = group(notifications, ({ instance }) => instance)
  return new Map([...groups].map(([instance, members]) => [instance, sortByPosition(members)]))
}

/** Notifications of instances with both formats, which may have a stored counterpart; most clouds have none. */
export function withPossibleCounterparts(
  claimed: ByInstance,
  lifecycles: ReadonlyMap<string, Lifecycle>,
): InstanceNotification[] {
  return [...claimed]
    .filter(([instance]) => {
      const lifecycle = lifecycles.get(instance)
      return lifecycle?.hasClassic === true && lifecycle.hasVersioned
    })
    .flatMap(([, notifications]) => notifications)
}

export function planFolds(
  claimed: ByInstance,
  lifecycles: ReadonlyMap<string, Lifecycle>,
  counterparts: readonly StoredCounterpart[],
): FoldPlan {
  const versioned = group(
    counterparts.filter(
      (counterpart) => counterpart.versioned && counterpart.when <= (lifecycles.get(counterpart.instance)?.when ?? 0),
    ),
    ({ instance }) => instance,
  )
  const refolded: string[] = []
  const continued = new Map<string, InstanceNotification[]>()
  for (const [instance, notifications] of claimed) {
    const folded = new Set(versioned.get(instance)?.map(({ key }) => key))
    if (needsRefold(lifecycles.get(instance) ?? null, notifications, folded)) refolded.push(instance)
    else continued.set(instance, notifications)
  }
  return { continued, refolded }
}

/** Stored timings and launches that the new notifications can change. */
export function neededState(
  continued: ByInstance,
  rules: Rules,
): { timings: { instance: string; name: string }[]; launches: { instance: string; requestId: string }[] } {
  const notifications = [...continued.values()].flat()
  return {
    timings: notifications
      .filter(({ event }) => event.endsWith('.end'))
      .map(({ instance, event }) => ({ instance, name: event.slice(0, -'.end'.length) })),
    launches: notifications
      .filter((notification) => launchEffect(notification, rules) !== null)
      .map(({ instance, requestId }) => ({ instance, requestId })),
  }
}

/**
 * Executes a plan.
 *
 * @param histories all stored notifications of the refolded instances; a boundary already covers those before it
 */
export function foldInstances(
  plan: FoldPlan,
  histories: readonly InstanceNotification[],
  stored: StoredFoldState,
  rules: Rules,
): InstanceFold[] {
  const open = group(stored.openTimings, ({ instance }) => instance)
  const launches = group(stored.launches, ({ instance }) => instance)
  const classic = group(
    stored.counterparts.filter(({ versioned }) => !versioned),
    ({ instance }) => instance,
  )
  const continued = [...plan.continued].map(([instance, notifications]) => {
    const boundary = stored.boundaries.get(instance)
    const state = {
      lifecycle: stored.lifecycles.get(instance) ?? null,
      openTimings: open.get(instance) ?? [],
      launches: new Map((launches.get(instance) ?? []).map((launch) => [launch.requestId, launch])),
      knownClassic: new Set([...(classic.get(instance) ?? []).map(({ key }) => key), ...(boundary?.classic ?? [])]),
      prunedVersioned: new Set(boundary?.versioned),
    }
    return foldInstance(instance, state, notifications, rules)
  })
  const refolded = [...byInstance(sinceBoundaries(histories, stored.boundaries))].map(([instance, notifications]) => {
    const boundary = stored.boundaries.get(instance)
    return boundary === undefined
      ? foldInstance(instance, FROM_THE_BEGINNING, notifications, rules)
      : foldFromBoundary(boundary, notifications, rules)
  })
  return [...continued, ...refolded]
}

function sinceBoundaries(
  histories: readonly InstanceNotification[],
  boundaries: ReadonlyMap<string, Boundary>,
): InstanceNotification[] {
  return histories.filter(({ instance, when }) => when >= (boundaries.get(instance)?.from ?? 0))
}

/**
 * Ranges of launched_at whose exists may now belong to another launch or delete: those of new or changed launches and
 * deletes, plus a second on both sides because times may match after rounding.
 */
export function rangesToLink(
  folds: readonly InstanceFold[],
  launchesBefore: readonly Launch[],
  refolded: readonly string[],
): { instance: string; from: number; to: number }[] {
  const whole = new Set(refolded)
  const launched = [...launchesBefore, ...folds.flatMap((fold) => [...fold.launches, ...fold.deletes])].flatMap(
    ({ instance, launchedAt }) => (launchedAt === null || whole.has(instance) ? [] : [{ instance, launchedAt }]),
  )
  const seconds = new Set(launched.map(({ instance, launchedAt }) => `${instance} ${Math.floor(launchedAt / SECOND)}`))
  return [
    ...refolded.map((instance) => ({ instance, from: FIRST_INSTANT, to: LAST_INSTANT })),
    ...[...seconds].map((key) => {
      const [instance = '', second] = key.split(/ (?=-?\d+$)/)
      return { instance, from: (Number(second) - 1) * SECOND, to: (Number(second) + 2) * SECOND - 1 }
    }),
  ]
}

/**
 * New or changed exists whose launch and delete must be looked up; refolded instances are looked up completely
 * anyway.
 */
export function existsToLink(folds: readonly InstanceFold[], refolded: readonly string[]): ExistsKey[] {
  const whole = new Set(refolded)
  return folds
    .flatMap((fold) => fold.exists)
    .filter(({ instance }) => !whole.has(instance))
    .map(({ deploymentId, dedupKey }) => ({ deploymentId, dedupKey }))
}

/**
 * Requests whose tracker a fold may change: those with a closed timing (before or now), and those a new notification
 * may start earlier than the stored tracker does. For an instance that is refolded or has both formats: every request
 * a notification could start, because a previous start may no longer count. With both formats also requests of
 * classic notifications that start nothing: the versioned counterpart may have been the start.
 *
 * @param seen notifications that were claimed or read again
 * @param closedBefore requests under which timings of refolded instances were closed
 * @param trackerStarts start of each stored tracker
 */
export function requestsToTrack(
  seen: readonly InstanceNotification[],
  folds: readonly InstanceFold[],
  refolded: readonly string[],
  closedBefore: readonly string[],
  trackerStarts: ReadonlyMap<string, number>,
  rules: Rules,
): Set<string> {
  const bothFormats = new Set(
    folds.filter(({ lifecycle }) => lifecycle.hasClassic && lifecycle.hasVersioned).map(({ instance }) => instance),
  )
  const whole = new Set([...refolded, ...bothFormats])
  const closed = folds.flatMap(({ timings }) =>
    timings.flatMap(({ start, end }) => (start !== null && end !== null ? [end.requestId] : [])),
  )
  const begun = seen.filter((notification) => {
    const start = trackerStarts.get(notification.requestId)
    return startsRequest(notification, rules)
      ? whole.has(notification.instance) || start === undefined || notification.when <= start
      : bothFormats.has(notification.instance) && !notification.versioned
  })
  return new Set([...closedBefore, ...closed, ...begun.map(({ requestId }) => requestId)].filter((id) => id !== ''))
}

/** Requests that any of the notifications could start. */
export function startableRequests(seen: readonly InstanceNotification[], rules: Rules): string[] {
  return [
    ...new Set(seen.filter((notification) => startsRequest(notification, rules)).map(({ requestId }) => requestId)),
  ]
}

function group<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const members = groups.get(key(item))
    if (members) members.push(item)
    else groups.set(key(item), [item])
  }
  return groups
}
