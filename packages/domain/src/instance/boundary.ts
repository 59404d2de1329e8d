import { counterpartKey, withoutCounterparts } from '../notifications/counterparts.ts'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import { DAY, type Instant } from '../time/instant.ts'
import type { Timing } from '../timing/foldTimings.ts'
import type { InstanceDelete } from '../usage/deletes.ts'
import type { Launch } from '../usage/foldLaunches.ts'
import { type FoldState, foldInstance, type InstanceFold, type Lifecycle } from './foldInstance.ts'

/**
 * Where an instance stands at an instant before which its notifications are gone, or about to be: what folds begin from
 * instead of from the beginning.
 */
export interface Boundary {
  instance: string
  /** Notifications from here on are folded onto it. */
  from: Instant
  lifecycle: Lifecycle | null
  /** Oldest first. */
  openTimings: Timing[]
  /** All of the instance: one of an old request can go on. */
  launches: Launch[]
  deletes: InstanceDelete[]
  /** Twin keys of classic notifications of the last day: a versioned counterpart that comes later says nothing new. */
  classic: string[]
  /** Twin keys of versioned ones of the last day that count: their classic counterpart would count a second time. */
  versioned: string[]
}

/** Counterparts are told within a second; so long before a boundary one may have its counterpart behind it. */
const TWINS_APART = DAY

/**
 * Moves an instance's boundary on.
 *
 * @param before the boundary so far, null when nothing of the instance is gone yet
 * @param notifications of the instance between the two boundaries, in order; at least one
 * @param from the new boundary, after all of them
 * @param knownClassic keys of classic notifications that are stored from there on
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
 * Folds all that is stored of an instance onto its boundary. As of a fold from the beginning, these are all rows of the
 * instance, but for timings that were closed and exists that came before the boundary, which nothing can change.
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

/** With the rows of the boundary that the fold left as they were. */
function wholeFold(boundary: Boundary | null, fold: InstanceFold): InstanceFold {
  if (boundary === null) return fold
  return {
    ...fold,
    timings: laterWins([...boundary.openTimings, ...fold.timings], ({ start, end }) => `${(start ?? end)?.id}`),
    launches: laterWins([...boundary.launches, ...fold.launches], ({ requestId }) => requestId),
    deletes: laterWins([...boundary.deletes, ...fold.deletes], (row) => `${row.launchedAt} ${row.deletedAt}`),
  }
}

/** A key keeps the place where it was set first: timings that were open before stay before those opened since. */
function laterWins<R>(rows: readonly R[], key: (row: R) => string): R[] {
  return [...new Map(rows.map((row) => [key(row), row])).values()]
}

function keys(known: readonly string[] | undefined, notifications: readonly InstanceNotification[]): string[] {
  return [...new Set([...(known ?? []), ...notifications.map(counterpartKey)])]
}
