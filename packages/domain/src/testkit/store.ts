import { type Boundary, foldBoundary } from '../instance/boundary.ts'
import type { InstanceFold, Lifecycle } from '../instance/foldInstance.ts'
import {
  type ByInstance,
  byInstance,
  type FoldPlan,
  foldInstances,
  neededState,
  planFolds,
  type StoredCounterpart,
  withPossibleCounterparts,
} from '../instance/plan.ts'
import { requestsToTrack, startableRequests } from '../instance/requestsToTrack.ts'
import type { RequestStart, RequestTracker } from '../kpi/tracker.ts'
import { counterpartKey } from '../notifications/counterparts.ts'
import { type InstanceNotification, sortByPosition } from '../notifications/instanceNotification.ts'
import { changeableOperations } from '../operations/foldOperations.ts'
import type { Operation } from '../operations/operation.ts'
import type { Rules } from '../rules.ts'
import type { Instant } from '../time/instant.ts'
import type { Timing } from '../timing/foldTimings.ts'
import type { InstanceDelete } from '../usage/deletes.ts'
import type { Launch } from '../usage/foldLaunches.ts'
import { deleteKey, keyedRows, operationKey, type Rows, requestStart, timingKey, trackerOf } from './rows.ts'

/** Input and plan of one fold of a shard, for counting the rules. */
export interface Step {
  claimed: ByInstance
  lifecycles: ReadonlyMap<string, Lifecycle>
  counterparts: readonly StoredCounterpart[]
  plan: FoldPlan
  /** Keys of timings that a refold removed. */
  removedTimings: string[]
}

export const SHARDS = 2

/** The shard of an instance; a request may have instances in several shards. */
export function shardOf(instance: string): number {
  return instance === 'one' ? 0 : 1
}

/**
 * A database in memory. Added notifications are pending until their shard is folded by a plan onto the stored rows. The
 * requests that a fold may change are pending until trackRequests.
 */
export class Store {
  readonly rules: Rules
  readonly steps: Step[] = []
  readonly ids = new Map<string, number>()
  private stored: InstanceNotification[] = []
  private pending: InstanceNotification[] = []
  private readonly requests = new Set<string>()
  private readonly rowsByKey = new Map<string, unknown>()
  /** The rows as JSON, serialized once when they are written. */
  private readonly jsonByKey = new Map<string, string>()
  readonly lifecycles = new Map<string, Lifecycle>()
  readonly timings = new Map<string, Timing>()
  readonly launches = new Map<string, Launch>()
  readonly deletes = new Map<string, InstanceDelete>()
  readonly operations = new Map<string, Operation>()
  readonly trackers = new Map<string, RequestTracker>()
  readonly boundaries = new Map<string, Boundary>()
  private readonly prunedStarts = new Map<string, RequestStart>()
  private nextId = 1

  constructor(rules: Rules) {
    this.rules = rules
  }

  /** Stores notifications. A duplicate is not stored again, but it is pending again. */
  add(notifications: readonly InstanceNotification[]): void {
    const storedIds = new Set(this.stored.map(({ id }) => id))
    this.stored.push(...sortByPosition(notifications).filter(({ id }) => !storedIds.has(id)))
    this.pending.push(...notifications)
  }

  foldPending(): void {
    for (let shard = 0; shard < SHARDS; shard++) this.foldShard(shard)
    this.trackRequests()
  }

  foldShard(shard: number): void {
    const claimed = byInstance(this.pending.filter(({ instance }) => shardOf(instance) === shard))
    this.pending = this.pending.filter(({ instance }) => shardOf(instance) !== shard)
    if (claimed.size === 0) return
    const counterparts = this.counterpartsOf(withPossibleCounterparts(claimed, this.lifecycles))
    this.execute(claimed, counterparts, planFolds(claimed, this.lifecycles, counterparts))
  }

  /** Refolds every instance without a new notification. */
  refoldAll(): void {
    const claimed = byInstance(this.stored)
    this.execute(claimed, [], { continued: new Map(), refolded: [...claimed.keys()] })
    this.trackRequests()
  }

  /** Folds everything, moves the boundaries to `from`, and drops the notifications before it. */
  prune(from: Instant): void {
    for (let shard = 0; shard < SHARDS; shard++) this.foldShard(shard)
    const old = this.stored.filter(({ when }) => when < from)
    for (const [instance, notifications] of byInstance(old)) {
      const laterClassic = this.stored.filter(
        (notification) => notification.instance === instance && !notification.versioned && notification.when >= from,
      )
      const before = this.boundaries.get(instance) ?? null
      const keys = new Set(laterClassic.map(counterpartKey))
      this.boundaries.set(instance, foldBoundary(before, instance, notifications, from, keys, this.rules))
    }
    for (const id of new Set(old.map(({ requestId }) => requestId))) {
      const start = id === '' ? null : this.startOf(id)
      if (start !== null && start.when < from) this.prunedStarts.set(id, start)
    }
    this.stored = this.stored.filter(({ when }) => when >= from)
  }

  private startOf(requestId: string): RequestStart | null {
    return this.prunedStarts.get(requestId) ?? requestStart(requestId, this.stored, this.rules)
  }

  trackRequests(): void {
    for (const id of this.requests) {
      const tracker = trackerOf(id, this.startOf(id), this.timings.values(), this.rules)
      if (tracker === null) this.trackers.delete(id)
      else this.trackers.set(id, tracker)
      if (tracker === null) this.remove(`tracker ${id}`)
      else this.put(`tracker ${id}`, tracker)
    }
    this.requests.clear()
  }

  rows(): Rows {
    return new Map(this.jsonByKey)
  }

  notifications(): readonly InstanceNotification[] {
    return this.stored
  }

  refolds(): number {
    return this.steps.flatMap(({ plan }) => plan.refolded).length
  }

  private execute(claimed: ByInstance, counterparts: readonly StoredCounterpart[], plan: FoldPlan): void {
    const before = new Map(this.lifecycles)
    const needed = neededState(plan.continued, this.rules)
    const openTimings = [...this.timings.values()]
      .filter(({ end }) => end === null)
      .filter((open) => needed.timings.some(({ instance, name }) => instance === open.instance && name === open.name))
      .sort((a, b) => (a.start && b.start ? a.start.when - b.start.when || compare(a.start, b.start) : 0))
    const launches = [...this.launches.values()].filter((launch) =>
      needed.launches.some(({ instance, requestId }) => instance === launch.instance && requestId === launch.requestId),
    )
    const deletes = [...this.deletes.values()].filter(({ instance }) => needed.deletes.includes(instance))
    const operations = changeableOperations([...this.operations.values()]).filter(
      ({ instance, requestId, outcome }) =>
        needed.operations.requests.some((key) => instance === key.instance && requestId === key.requestId) ||
        (outcome === 'open' && needed.operations.open.includes(instance)),
    )
    const histories = this.stored.filter(({ instance }) => plan.refolded.includes(instance))
    const closedBefore = [...this.timings.values()].flatMap(({ instance, start, end }) =>
      start && end && plan.refolded.includes(instance) ? [end.requestId] : [],
    )
    const notifications = [...[...claimed.values()].flat(), ...histories]
    const startable = startableRequests(notifications, this.rules)
    const trackerStarts = new Map(
      [...this.trackers].filter(([id]) => startable.includes(id)).map(([id, { start }]) => [id, start.when]),
    )
    const stored = {
      lifecycles: this.lifecycles,
      openTimings,
      launches,
      deletes,
      operations,
      counterparts,
      boundaries: this.boundaries,
    }
    const folds = foldInstances(plan, histories, stored, this.rules)
    const removedTimings = this.write(folds, plan.refolded)
    this.steps.push({ claimed, lifecycles: before, counterparts, plan, removedTimings })
    const changed = requestsToTrack(notifications, folds, plan.refolded, closedBefore, trackerStarts, this.rules)
    for (const id of changed) this.requests.add(id)
  }

  private write(folds: readonly InstanceFold[], refolded: readonly string[]): string[] {
    const newKeys = new Set(folds.flatMap(keyedRows).map(([key]) => key))
    const staleKeys = [...this.rowsByKey].flatMap(([key, row]) => {
      const instance = key.split(' ')[1] ?? ''
      const isStale = !key.startsWith('tracker ') && refolded.includes(instance) && !newKeys.has(key)
      return isStale && whenOf(row) >= (this.boundaries.get(instance)?.from ?? 0) ? [key] : []
    })
    for (const key of staleKeys) this.remove(key)
    for (const fold of folds) {
      for (const [key, row] of keyedRows(fold)) this.put(key, row)
      this.lifecycles.set(fold.instance, fold.lifecycle)
      for (const row of fold.timings) this.timings.set(timingKey(row), row)
      for (const row of fold.launches) this.launches.set(`launch ${row.instance} ${row.requestId}`, row)
      for (const row of fold.deletes) this.deletes.set(deleteKey(row), row)
      for (const row of fold.operations) this.operations.set(operationKey(row), row)
    }
    return staleKeys.filter((key) => key.startsWith('timing '))
  }

  private put(key: string, row: unknown): void {
    if (!this.ids.has(key)) this.ids.set(key, this.nextId++)
    this.rowsByKey.set(key, row)
    this.jsonByKey.set(key, JSON.stringify(row))
  }

  private remove(key: string): void {
    this.ids.delete(key)
    this.rowsByKey.delete(key)
    this.jsonByKey.delete(key)
    this.timings.delete(key)
    this.launches.delete(key)
    this.deletes.delete(key)
    this.operations.delete(key)
  }

  private counterpartsOf(possible: readonly InstanceNotification[]): StoredCounterpart[] {
    const instances = new Set(possible.map(({ instance }) => instance))
    return this.stored
      .filter(({ instance }) => instances.has(instance))
      .map((notification) => {
        const { instance, versioned, when } = notification
        return { instance, key: counterpartKey(notification), versioned, when }
      })
  }
}

/** The time of a timing, exists, operation or failure; infinite for other rows. */
function whenOf(row: unknown): number {
  const { when, start, end } = row as { when?: number; start?: { when: number } | null; end?: { when: number } | null }
  return start?.when ?? end?.when ?? when ?? Number.POSITIVE_INFINITY
}

function compare(a: { identity: string }, b: { identity: string }): number {
  return a.identity < b.identity ? -1 : 1
}
