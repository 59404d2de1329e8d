import { counterpartKey, withoutCounterparts } from '../notifications/counterparts.ts'
import {
  comparePositions,
  type InstanceNotification,
  type Position,
  positionOf,
} from '../notifications/instanceNotification.ts'
import { foldOperations } from '../operations/foldOperations.ts'
import type { Failure, Operation } from '../operations/operation.ts'
import type { Rules } from '../rules.ts'
import type { Instant } from '../time/instant.ts'
import { foldTimings, type Timing } from '../timing/foldTimings.ts'
import { foldDeletes, type InstanceDelete, isEffective } from '../usage/deletes.ts'
import { foldExists, type InstanceExists } from '../usage/exists.ts'
import { foldLaunches, type Launch } from '../usage/foldLaunches.ts'

/** State of an instance and the position up to which it is folded. */
export interface Lifecycle extends Position {
  instance: string
  /** The last notification that is not left out as a counterpart. */
  notificationId: number
  notificationWhen: Instant
  state: string | null
  /** The last notification's old_task, as in StackTach. */
  taskState: string | null
  /** The earliest launched_at that any notification reported; null if none did. */
  launchedAt: Instant | null
  /** When it was deleted; null while it exists. */
  deletedAt: Instant | null
  tenant: string | null
  /** The compute host of its last notification of nova-compute. */
  host: string | null
  /**
   * Deployment of its last notification. Null in rows of versions that did not store it, until a refold: their launch and
   * delete are unknown, too.
   */
  deploymentId: number | null
  hasClassic: boolean
  hasVersioned: boolean
}

/** Rows of earlier folds that later notifications can change. */
export interface FoldState {
  lifecycle: Lifecycle | null
  /** Oldest first. */
  openTimings: readonly Timing[]
  launches: ReadonlyMap<string, Launch>
  /** All deletes of the instance, if the new notifications can change one. */
  deletes: readonly InstanceDelete[]
  /** The operations that the new notifications can change: see `foldOperations`. */
  operations: readonly Operation[]
  /** Keys of stored classic notifications that may have a versioned counterpart among the new ones. */
  storedClassic: ReadonlySet<string>
  /** Keys of dropped versioned notifications that were folded: their classic counterparts are left out. */
  prunedVersioned: ReadonlySet<string>
}

export const FROM_THE_BEGINNING: FoldState = {
  lifecycle: null,
  openTimings: [],
  launches: new Map(),
  deletes: [],
  operations: [],
  storedClassic: new Set(),
  prunedVersioned: new Set(),
}

/** New or changed rows. After a fold from the beginning or a boundary: all rows that can change. */
export interface InstanceFold {
  instance: string
  lifecycle: Lifecycle
  timings: Timing[]
  launches: Launch[]
  deletes: InstanceDelete[]
  exists: InstanceExists[]
  operations: Operation[]
  failures: Failure[]
}

/**
 * Folds notifications of one instance onto the result of earlier folds. Folding a set at once or in consecutive parts
 * gives the same rows.
 *
 * @param notifications of that instance, in order, all after the state's position; at least one
 * @throws Error without a notification
 */
export function foldInstance(
  instance: string,
  state: FoldState,
  notifications: readonly InstanceNotification[],
  rules: Rules,
): InstanceFold {
  const counted = withoutCounterparts(notifications, state.storedClassic, state.prunedVersioned)
  const deletes = foldDeletes(state.deletes, counted, rules)
  return {
    instance,
    lifecycle: foldLifecycle(instance, state, notifications, counted, deletes),
    timings: foldTimings(state.openTimings, counted, rules),
    launches: [...foldLaunches(state.launches, counted, rules).values()],
    deletes,
    exists: foldExists(counted),
    ...foldOperations(state.operations, counted),
  }
}

function foldLifecycle(
  instance: string,
  { lifecycle: before, deletes: earlierDeletes }: FoldState,
  notifications: readonly InstanceNotification[],
  counted: readonly InstanceNotification[],
  changedDeletes: readonly InstanceDelete[],
): Lifecycle {
  const newest = notifications.at(-1)
  if (newest === undefined) throw new Error('a fold needs at least one notification')
  const last = counted.at(-1)
  const formats = {
    hasClassic: (before?.hasClassic ?? false) || notifications.some(({ versioned }) => !versioned),
    hasVersioned: (before?.hasVersioned ?? false) || notifications.some(({ versioned }) => versioned),
  }
  const position = positionOf(newest)
  // A counterpart that is left out still advances the position.
  if (last === undefined && before !== null) return { ...before, ...formats, ...position }
  const { id, when, state, oldTask, deploymentId } = last ?? newest
  return {
    instance,
    ...position,
    ...formats,
    notificationId: id,
    notificationWhen: when,
    state,
    taskState: oldTask,
    launchedAt: earliest(before?.launchedAt ?? null, counted),
    deletedAt:
      changedDeletes.length > 0 ? lastDelete([...earlierDeletes, ...changedDeletes]) : (before?.deletedAt ?? null),
    tenant: counted.findLast(({ tenant }) => tenant !== null)?.tenant ?? before?.tenant ?? null,
    host: counted.findLast(({ service, host }) => service === COMPUTE && host !== null)?.host ?? before?.host ?? null,
    deploymentId: before?.deploymentId === null ? null : deploymentId,
  }
}

/** The service of nova-compute in a publisher id. */
const COMPUTE = 'compute'

/** The earliest launched_at of these notifications and of earlier ones. */
function earliest(before: Instant | null, notifications: readonly InstanceNotification[]): Instant | null {
  const times = notifications.flatMap(({ facts }) => facts?.launchedAt ?? [])
  return [...(before === null ? [] : [before]), ...times].reduce<Instant | null>(
    (least, time) => (least === null || time < least ? time : least),
    null,
  )
}

/** The time of the last effective delete; null if there is none. A later row of the same delete replaces an earlier one. */
export function lastDelete(rows: readonly InstanceDelete[]): Instant | null {
  const deletes = new Map(rows.map((row) => [`${row.launchedAt} ${row.deletedAt}`, row]))
  const times = [...deletes.values()].filter(isEffective).map(({ deletedAt }) => deletedAt)
  return times.length === 0 ? null : Math.max(...times)
}

/**
 * Whether the instance must be refolded. It must if a new notification precedes the folded position, is the first of a
 * second format (the fold did not look for counterparts so far), or is the classic counterpart of a folded versioned
 * notification.
 *
 * @param foldedVersioned keys of versioned notifications that are already folded
 */
export function needsRefold(
  before: Lifecycle | null,
  notifications: readonly InstanceNotification[],
  foldedVersioned: ReadonlySet<string> = new Set(),
): boolean {
  if (before === null) return false
  return notifications.some(
    (notification) =>
      comparePositions(positionOf(notification), before) <= 0 ||
      (notification.versioned
        ? !before.hasVersioned
        : !before.hasClassic || (before.hasVersioned && foldedVersioned.has(counterpartKey(notification)))),
  )
}
