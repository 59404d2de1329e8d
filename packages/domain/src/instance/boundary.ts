import { counterpartKey, withoutCounterparts } from '../notifications/counterparts.ts'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import { DAY, type Instant } from '../time/instant.ts'
import type { Timing } from '../timing/foldTimings.ts'
import type { InstanceDelete } from '../usage/deletes.ts'
import type { Launch } from '../usage/foldLaunches.ts'
import { type FoldState, foldInstance, type InstanceFold, type Lifecycle } from './foldInstance.ts'

/**
 * State of an instance at an instant before which its notifications are (or are about to be) pruned. Folds start from
 * it.
 */
export interface Boundary {
  instance: string
  /** Notifications from this instant on are folded onto the boundary. */
  from: Instant
  lifecycle: Lifecycle | null
  /** Oldest first. */
  openTimings: Timing[]
  /** All trackers of the instance: an old request can continue. */
  launches: Launch[]
  deletes: InstanceDelete[]
  /** Counterpart keys of the last day's classic notifications: a later versioned counterpart is left out. */
  classic: string[]
  /** Counterpart keys of the last day's versioned notifications that count: a classic counterpart would count twice. */
  versioned: string[]
}

/**
 * Counterparts are published within a second; within this distance of a boundary, one may be before and one after it.
 */
const TWINS_APART = DAY

/**
 * Moves an instance's boundary forward.
 *
 * @param before the previous boundary, null when nothing of the instance has been pruned
 * @param notifications of the instance between the two boundaries, in order; at least one
 * @param from the new boundary, after all of them
 * @param knownClassic keys of classic notifications stored from the new boundary on
 */
export function foldBoundary(
  before: Boundary | null,
  instance: string,
  notifications: readonly InstanceNotification[],
  from: Instant,
  knownClassic: ReadonlySet<string>,
  rules: Rules,
): Boundary {
  const state = beginningAt(before, knownClassic)
  const fold = foldInstance(instance, state, notifications, rules)
  const whole = wholeFold(before, fold)
  const kept = before !== null && before.from > from - TWINS_APART ? before : null
  const late = notifications.filter(({ when }) => when >= from - TWINS_APART)
  const counted = withoutCounterparts(notifications, state.knownClassic, state.prunedVersioned)
  return {
    instance,
    from,
    lifecycle: fold.lifecycle,
    openTimings: whole.timings.filter(({ end }) => end === null),
    launches: whole.launches,
    deletes: whole.deletes,
    classic: keys(
      kept?.classic,
      late.filter(({ versioned }) => !versioned),
    ),
    versioned: keys(
      kept?.versioned,
      counted.filter(({ versioned, when }) => versioned && when >= from - TWINS_APART),
    ),
  }
}

/**
 * Folds all stored notifications of an instance onto its boundary. The result has the same rows as a fold from the
 * beginning, except timings closed and exists received before the boundary, which cannot change.
 *
 * @param notifications from the boundary on, in order; at least one
 */
export function foldFromBoundary(
  boundary: Boundary,
  notifications: readonly InstanceNotification[],
  rules: Rules,
): InstanceFold {
  return wholeFold(boundary, foldInstance(boundary.instance, beginningAt(boundary), notifications, rules))
}

function beginningAt(boundary: Boundary | null, knownClassic: ReadonlySet<string> = new Set()): FoldState {
  return {
    lifecycle: boundary?.lifecycle ?? null,
    openTimings: boundary?.openTimings ?? [],
    launches: new Map(boundary?.launches.map((launch) => [launch.requestId, launch])),
    knownClassic: new Set([...(boundary?.classic ?? []), ...knownClassic]),
    prunedVersioned: new Set(boundary?.versioned),
  }
}

/** Adds the boundary's rows that the fold did not change. */
function wholeFold(boundary: Boundary | null, fold: InstanceFold): InstanceFold {
  if (boundary === null) return fold
  return {
    ...fold,
    timings: laterWins([...boundary.openTimings, ...fold.timings], ({ start, end }) => `${(start ?? end)?.id}`),
    launches: laterWins([...boundary.launches, ...fold.launches], ({ requestId }) => requestId),
    deletes: laterWins([...boundary.deletes, ...fold.deletes], (row) => `${row.launchedAt} ${row.deletedAt}`),
  }
}

/** A Map keeps insertion order: timings already open at the boundary stay before those opened since. */
function laterWins<R>(rows: readonly R[], key: (row: R) => string): R[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()]
}

function keys(known: readonly string[] | undefined, notifications: readonly InstanceNotification[]): string[] {
  return [...new Set([...(known ?? []), ...notifications.map(counterpartKey)])]
}
