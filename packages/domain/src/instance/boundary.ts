import { counterpartKey, withoutCounterparts } from '../notifications/counterparts.ts'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import { changeableOperations } from '../operations/foldOperations.ts'
import type { Operation } from '../operations/operation.ts'
import type { Rules } from '../rules.ts'
import type { Duration } from '../time/duration.ts'
import { DAY, type Instant } from '../time/instant.ts'
import type { Timing } from '../timing/foldTimings.ts'
import type { InstanceDelete } from '../usage/deletes.ts'
import type { Launch } from '../usage/foldLaunches.ts'
import { type FoldState, foldInstance, type InstanceFold, type Lifecycle } from './foldInstance.ts'

/** State of an instance at the time before which retention drops its notifications. Folds start from it. */
export interface Boundary {
  instance: string
  /** Notifications at or after this time are folded onto the boundary. */
  from: Instant
  lifecycle: Lifecycle | null
  /** Oldest first. */
  openTimings: Timing[]
  /** All trackers of the instance: an old request can continue. */
  launches: Launch[]
  deletes: InstanceDelete[]
  /** The operations that later notifications can change. */
  operations: Operation[]
  /** Counterpart keys of the last day's classic notifications: a later versioned counterpart is left out. */
  classic: string[]
  /** Counterpart keys of the last day's versioned notifications that count: a classic counterpart would count twice. */
  versioned: string[]
}

/**
 * Microseconds before a boundary in which a notification may have its counterpart after the boundary. nova publishes
 * counterparts within a second.
 */
const COUNTERPART_DISTANCE: Duration = DAY

/**
 * Moves an instance's boundary forward.
 *
 * @param before the previous boundary; null when all notifications of the instance are stored
 * @param notifications of the instance between the two boundaries, in order; at least one
 * @param from the time of the new boundary, after all of them
 * @param laterClassic keys of classic notifications that are stored at or after the new boundary
 * @throws Error without a notification
 */
export function foldBoundary(
  before: Boundary | null,
  instance: string,
  notifications: readonly InstanceNotification[],
  from: Instant,
  laterClassic: ReadonlySet<string>,
  rules: Rules,
): Boundary {
  const state = stateAt(before, laterClassic)
  const fold = foldInstance(instance, state, notifications, rules)
  const rows = wholeFold(before, fold)
  const recent = before !== null && before.from > from - COUNTERPART_DISTANCE ? before : null
  const lastDay = notifications.filter(({ when }) => when >= from - COUNTERPART_DISTANCE)
  const counted = withoutCounterparts(notifications, state.storedClassic, state.prunedVersioned)
  return {
    instance,
    from,
    lifecycle: fold.lifecycle,
    openTimings: rows.timings.filter(({ end }) => end === null),
    launches: rows.launches,
    deletes: rows.deletes,
    operations: changeableOperations(rows.operations),
    classic: keys(
      recent?.classic,
      lastDay.filter(({ versioned }) => !versioned),
    ),
    versioned: keys(
      recent?.versioned,
      counted.filter(({ versioned, when }) => versioned && when >= from - COUNTERPART_DISTANCE),
    ),
  }
}

/**
 * Folds all stored notifications of an instance onto its boundary. The result has the rows of a fold from the beginning,
 * except the timings closed, the operations done, and the failures and exists received before the boundary, which cannot
 * change.
 *
 * @param notifications from the boundary on, in order; at least one
 */
export function foldFromBoundary(
  boundary: Boundary,
  notifications: readonly InstanceNotification[],
  rules: Rules,
): InstanceFold {
  return wholeFold(boundary, foldInstance(boundary.instance, stateAt(boundary), notifications, rules))
}

function stateAt(boundary: Boundary | null, laterClassic: ReadonlySet<string> = new Set()): FoldState {
  return {
    lifecycle: boundary?.lifecycle ?? null,
    openTimings: boundary?.openTimings ?? [],
    launches: new Map(boundary?.launches.map((launch) => [launch.requestId, launch])),
    deletes: boundary?.deletes ?? [],
    operations: boundary?.operations ?? [],
    storedClassic: new Set([...(boundary?.classic ?? []), ...laterClassic]),
    prunedVersioned: new Set(boundary?.versioned),
  }
}

/** The fold with the boundary's unchanged rows. */
function wholeFold(boundary: Boundary | null, fold: InstanceFold): InstanceFold {
  if (boundary === null) return fold
  return {
    ...fold,
    timings: lastByKey([...boundary.openTimings, ...fold.timings], ({ start, end }) => `${(start ?? end)?.id}`),
    launches: lastByKey([...boundary.launches, ...fold.launches], ({ requestId }) => requestId),
    deletes: lastByKey([...boundary.deletes, ...fold.deletes], (row) => `${row.launchedAt} ${row.deletedAt}`),
    operations: lastByKey([...boundary.operations, ...fold.operations], ({ notificationId }) => `${notificationId}`),
  }
}

/**
 * The last row of each key, in the order in which the keys first occur: timings that were open at the boundary stay
 * before those opened later.
 */
function lastByKey<R>(rows: readonly R[], key: (row: R) => string): R[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()]
}

function keys(previous: readonly string[] | undefined, notifications: readonly InstanceNotification[]): string[] {
  return [...new Set([...(previous ?? []), ...notifications.map(counterpartKey)])]
}
