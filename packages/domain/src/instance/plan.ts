import { type InstanceNotification, sortByPosition } from '../notifications/instanceNotification.ts'
import { endsAll, phaseOf } from '../operations/foldOperations.ts'
import type { Operation } from '../operations/operation.ts'
import type { Rules } from '../rules.ts'
import type { Timing } from '../timing/foldTimings.ts'
import { changesDeletes, type InstanceDelete } from '../usage/deletes.ts'
import { type Launch, launchEffect } from '../usage/foldLaunches.ts'
import { type Boundary, foldFromBoundary } from './boundary.ts'
import { FROM_THE_BEGINNING, foldInstance, type InstanceFold, type Lifecycle, needsRefold } from './foldInstance.ts'

// A shard of instances is folded in five phases. Between them the caller reads and writes the database; the functions of
// each phase are pure.
//
// 1. Group:   byInstance sorts the claimed notifications. Next: read the lifecycles.
// 2. Plan:    withPossibleCounterparts selects the notifications whose counterparts must be read. planFolds decides
//             which instances are continued and which are refolded.
// 3. Read:    neededState names the stored rows that continued instances may change. Refolded instances need all
//             notifications since their boundary instead.
// 4. Fold:    foldInstances returns the rows to write.
// 5. Follow:  links.ts names the exists to link again, requestsToTrack.ts the requests whose tracker may change.

/** Notifications by instance, in order. */
export type ByInstance = ReadonlyMap<string, InstanceNotification[]>

/** A stored notification that may be a counterpart: its instance and counterpart key. */
export interface StoredCounterpart {
  instance: string
  key: string
  versioned: boolean
  when: number
}

/** How each instance of a claim is folded. */
export interface FoldPlan {
  /** Instances that are folded onto their stored rows, with their claimed notifications. */
  continued: ByInstance
  /** Instances that are folded again, from their beginning or boundary. */
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
  deletes: readonly InstanceDelete[]
  operations: readonly Operation[]
  counterparts: readonly StoredCounterpart[]
  boundaries: ReadonlyMap<string, Boundary>
}

/** Groups notifications by instance and sorts each group into fold order, without duplicates. */
export function byInstance(notifications: readonly InstanceNotification[]): ByInstance {
  const groups = group(notifications, ({ instance }) => instance)
  return new Map([...groups].map(([instance, members]) => [instance, sortByPosition(members)]))
}

/** Notifications that may have a stored counterpart: those of instances with both formats. Most clouds have none. */
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

/**
 * Decides which instances are continued and which are refolded.
 *
 * @param counterparts stored notifications with the same keys as those of `withPossibleCounterparts`
 */
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
    const foldedKeys = new Set(versioned.get(instance)?.map(({ key }) => key))
    if (needsRefold(lifecycles.get(instance) ?? null, notifications, foldedKeys)) refolded.push(instance)
    else continued.set(instance, notifications)
  }
  return { continued, refolded }
}

/** Stored timings, launches, deletes and operations that the new notifications can change. */
export function neededState(
  continued: ByInstance,
  rules: Rules,
): {
  timings: { instance: string; name: string }[]
  launches: { instance: string; requestId: string }[]
  /** Instances. */
  deletes: string[]
  /** The changeable operations of these requests, and the open ones of these instances. */
  operations: { requests: { instance: string; requestId: string }[]; open: string[] }
} {
  const notifications = [...continued.values()].flat()
  return {
    timings: notifications
      .filter(({ event }) => event.endsWith('.end'))
      .map(({ instance, event }) => ({ instance, name: event.slice(0, -'.end'.length) })),
    launches: notifications
      .filter((notification) => launchEffect(notification, rules) !== null)
      .map(({ instance, requestId }) => ({ instance, requestId })),
    deletes: [...continued]
      .filter(([, members]) => members.some((notification) => changesDeletes(notification, rules)))
      .map(([instance]) => instance),
    operations: {
      requests: notifications
        .filter((notification) => phaseOf(notification) !== null)
        .map(({ instance, requestId }) => ({ instance, requestId })),
      open: [...continued].filter(([, members]) => members.some(endsAll)).map(([instance]) => instance),
    },
  }
}

/**
 * Executes a plan: one fold for each continued or refolded instance.
 *
 * @param histories all stored notifications of the refolded instances; those before a boundary are ignored, because the
 * boundary includes them
 */
export function foldInstances(
  plan: FoldPlan,
  histories: readonly InstanceNotification[],
  stored: StoredFoldState,
  rules: Rules,
): InstanceFold[] {
  const open = group(stored.openTimings, ({ instance }) => instance)
  const launches = group(stored.launches, ({ instance }) => instance)
  const deletes = group(stored.deletes, ({ instance }) => instance)
  const operations = group(stored.operations, ({ instance }) => instance)
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
      deletes: deletes.get(instance) ?? [],
      operations: operations.get(instance) ?? [],
      storedClassic: new Set([...(classic.get(instance) ?? []).map(({ key }) => key), ...(boundary?.classic ?? [])]),
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

function group<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const members = groups.get(key(item))
    if (members) members.push(item)
    else groups.set(key(item), [item])
  }
  return groups
}
