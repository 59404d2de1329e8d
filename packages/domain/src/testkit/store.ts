import { type Boundary, foldBoundary } from '../instance/boundary.ts'
import { FROM_THE_BEGINNING, foldInstance, type InstanceFold, type Lifecycle } from '../instance/foldInstance.ts'
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
import { type ClosingEnd, type RequestStart, type RequestTracker, startsRequest, trackRequest } from '../kpi/tracker.ts'
import { counterpartKey } from '../notifications/counterparts.ts'
import {
  comparePositions,
  type InstanceNotification,
  positionOf,
  sortByPosition,
} from '../notifications/instanceNotification.ts'
import type { Rules } from '../rules.ts'
import type { Instant } from '../time/instant.ts'
import type { Timing } from '../timing/foldTimings.ts'
import type { Launch } from '../usage/foldLaunches.ts'

/** Rows as text, by table and natural key. */
export type Rows = ReadonlyMap<string, string>

/** What one step of folding did, for whoever counts. */
export interface Step {
  claimed: ByInstance
  lifecycles: ReadonlyMap<string, Lifecycle>
  counterparts: readonly StoredCounterpart[]
  plan: FoldPlan
  /** Keys of timings that a fold from the beginning took away. */
  vanished: string[]
}

export const SHARDS = 2

/** Requests and their instances may lie in different shards. */
export function shardOf(instance: string): number {
  return instance === 'one' ? 0 : 1
}

/** The rows of one fold by their natural keys, on which the ids of rows hang. */
function keyed(fold: InstanceFold): [string, unknown][] {
  return [
    [`lifecycle ${fold.instance}`, fold.lifecycle],
    ...fold.timings.map((row): [string, unknown] => [timingKey(row), row]),
    ...fold.launches.map((row): [string, unknown] => [`launch ${row.instance} ${row.requestId}`, row]),
    ...fold.deletes.map((row): [string, unknown] => [`delete ${row.instance} ${row.launchedAt} ${row.deletedAt}`, row]),
    ...fold.exists.map((row): [string, unknown] => [`exists ${row.instance} ${row.deploymentId} ${row.dedupKey}`, row]),
  ]
}

export function timingKey({ instance, start, end }: Timing): string {
  return `timing ${instance} ${(start ?? end)?.id}`
}

/** The earliest notification of a request that can start it. */
function startOf(requestId: string, stored: readonly InstanceNotification[], rules: Rules) {
  const own = stored.filter((notification) => notification.requestId === requestId)
  const classic = new Set(
    own.filter(({ versioned }) => !versioned).map(({ instance, event }) => `${instance} ${event}`),
  )
  const starts = own
    .filter((one) => startsRequest(one, rules) && !(one.versioned && classic.has(`${one.instance} ${one.event}`)))
    .sort((a, b) => comparePositions(positionOf(a), positionOf(b)))
  return starts[0] ?? null
}

/** A request is tracked over all instances: from its start to the latest ends of its timings. */
function track(requestId: string, start: RequestStart | null, timings: Iterable<Timing>) {
  const ends = [...timings].flatMap(({ name, instance, start, end }): ClosingEnd[] =>
    start && end?.requestId === requestId ? [{ timingId: start.id, name, instance, ...end }] : [],
  )
  const latest = Math.max(...ends.map(({ when }) => when))
  const last = ends.filter(({ when }) => when === latest)
  return trackRequest(requestId, start, last)
}

/** All rows of a set of notifications, each instance folded once, in order, from its beginning. */
export function foldedAtOnce(notifications: readonly InstanceNotification[], rules: Rules): Rows {
  const folds = [...byInstance(sortByPosition(notifications))].map(([instance, own]) =>
    foldInstance(instance, FROM_THE_BEGINNING, own, rules),
  )
  const timings = folds.flatMap((fold) => fold.timings)
  const requests = new Set(notifications.map(({ requestId }) => requestId).filter((id) => id !== ''))
  const trackers = [...requests].flatMap((id): [string, unknown][] => {
    const tracker = track(id, startOf(id, notifications, rules), timings)
    return tracker === null ? [] : [[`tracker ${id}`, tracker]]
  })
  return asText([...folds.flatMap(keyed), ...trackers])
}

function asText(rows: Iterable<[string, unknown]>): Rows {
  return new Map([...rows].map(([key, row]): [string, string] => [key, JSON.stringify(row)]).sort())
}

/**
 * What is stored of a cloud. Notifications arrive; a shard of instances folds what waits of it, by a plan, onto the rows
 * that are there; the requests that this touched wait until they are tracked.
 */
export class Store {
  readonly rules: Rules
  readonly steps: Step[] = []
  readonly ids = new Map<string, number>()
  private stored: InstanceNotification[] = []
  private waiting: InstanceNotification[] = []
  private readonly requests = new Set<string>()
  private readonly rowsByKey = new Map<string, unknown>()
  readonly lifecycles = new Map<string, Lifecycle>()
  readonly timings = new Map<string, Timing>()
  readonly launches = new Map<string, Launch>()
  readonly trackers = new Map<string, RequestTracker>()
  readonly boundaries = new Map<string, Boundary>()
  private readonly prunedStarts = new Map<string, RequestStart>()
  private nextId = 1

  constructor(rules: Rules) {
    this.rules = rules
  }

  /** One that is there already is not stored again, but does wait again. */
  arrive(notifications: readonly InstanceNotification[]): void {
    const known = new Set(this.stored.map(({ id }) => id))
    this.stored.push(...sortByPosition(notifications).filter(({ id }) => !known.has(id)))
    this.waiting.push(...notifications)
  }

  settle(): void {
    for (let shard = 0; shard < SHARDS; shard++) this.foldShard(shard)
    this.trackRequests()
  }

  foldShard(shard: number): void {
    const claimed = byInstance(this.waiting.filter(({ instance }) => shardOf(instance) === shard))
    this.waiting = this.waiting.filter(({ instance }) => shardOf(instance) !== shard)
    if (claimed.size === 0) return
    const counterparts = this.counterpartsOf(withPossibleCounterparts(claimed, this.lifecycles))
    this.carryOut(claimed, counterparts, planFolds(claimed, this.lifecycles, counterparts))
  }

  /** Every instance from its beginning, though nothing came. */
  foldAgain(): void {
    const claimed = byInstance(this.stored)
    this.carryOut(claimed, [], { continued: new Map(), refolded: [...claimed.keys()] })
    this.trackRequests()
  }

  /** Lets go of all that is older than `from`, once it is folded, but for what later folds begin from. */
  prune(from: Instant): void {
    for (let shard = 0; shard < SHARDS; shard++) this.foldShard(shard)
    const old = this.stored.filter(({ when }) => when < from)
    for (const [instance, notifications] of byInstance(old)) {
      const classic = this.stored.filter((one) => one.instance === instance && !one.versioned && one.when >= from)
      const before = this.boundaries.get(instance) ?? null
      const known = new Set(classic.map(counterpartKey))
      this.boundaries.set(instance, foldBoundary(before, instance, notifications, from, known, this.rules))
    }
    for (const id of new Set(old.map(({ requestId }) => requestId))) {
      const start = id === '' ? null : this.startOf(id)
      if (start !== null && start.when < from) this.prunedStarts.set(id, start)
    }
    this.stored = this.stored.filter(({ when }) => when >= from)
  }

  private startOf(requestId: string): RequestStart | null {
    return this.prunedStarts.get(requestId) ?? startOf(requestId, this.stored, this.rules)
  }

  trackRequests(): void {
    for (const id of this.requests) {
      const tracker = track(id, this.startOf(id), this.timings.values())
      if (tracker === null) this.trackers.delete(id)
      else this.trackers.set(id, tracker)
      if (tracker === null) this.remove(`tracker ${id}`)
      else this.put(`tracker ${id}`, tracker)
    }
    this.requests.clear()
  }

  rows(): Rows {
    return asText(this.rowsByKey)
  }

  notifications(): readonly InstanceNotification[] {
    return this.stored
  }

  refolds(): number {
    return this.steps.flatMap(({ plan }) => plan.refolded).length
  }

  private carryOut(claimed: ByInstance, counterparts: readonly StoredCounterpart[], plan: FoldPlan): void {
    const before = new Map(this.lifecycles)
    const needed = neededState(plan.continued, this.rules)
    const openTimings = [...this.timings.values()]
      .filter(({ end }) => end === null)
      .filter((open) => needed.timings.some(({ instance, name }) => instance === open.instance && name === open.name))
      .sort((a, b) => (a.start && b.start ? a.start.when - b.start.when || compare(a.start, b.start) : 0))
    const launches = [...this.launches.values()].filter((launch) =>
      needed.launches.some(({ instance, requestId }) => instance === launch.instance && requestId === launch.requestId),
    )
    const histories = this.stored.filter(({ instance }) => plan.refolded.includes(instance))
    const closedBefore = [...this.timings.values()].flatMap(({ instance, start, end }) =>
      start && end && plan.refolded.includes(instance) ? [end.requestId] : [],
    )
    const seen = [...[...claimed.values()].flat(), ...histories]
    const startable = startableRequests(seen, this.rules)
    const trackerStarts = new Map(
      [...this.trackers].filter(([id]) => startable.includes(id)).map(([id, { start }]) => [id, start.when]),
    )
    const stored = { lifecycles: this.lifecycles, openTimings, launches, counterparts, boundaries: this.boundaries }
    const folds = foldInstances(plan, histories, stored, this.rules)
    const vanished = this.write(folds, plan.refolded)
    this.steps.push({ claimed, lifecycles: before, counterparts, plan, vanished })
    const touched = requestsToTrack(seen, folds, plan.refolded, closedBefore, trackerStarts, this.rules)
    for (const id of touched) this.requests.add(id)
  }

  private write(folds: readonly InstanceFold[], refolded: readonly string[]): string[] {
    const fresh = new Set(folds.flatMap(keyed).map(([key]) => key))
    const stale = [...this.rowsByKey].flatMap(([key, row]) => {
      const instance = key.split(' ')[1] ?? ''
      const gone = !key.startsWith('tracker ') && refolded.includes(instance) && !fresh.has(key)
      return gone && whenOf(row) >= (this.boundaries.get(instance)?.from ?? 0) ? [key] : []
    })
    for (const key of stale) this.remove(key)
    for (const fold of folds) {
      for (const [key, row] of keyed(fold)) this.put(key, row)
      this.lifecycles.set(fold.instance, fold.lifecycle)
      for (const row of fold.timings) this.timings.set(timingKey(row), row)
      for (const row of fold.launches) this.launches.set(`launch ${row.instance} ${row.requestId}`, row)
    }
    return stale.filter((key) => key.startsWith('timing '))
  }

  private put(key: string, row: unknown): void {
    if (!this.ids.has(key)) this.ids.set(key, this.nextId++)
    this.rowsByKey.set(key, row)
  }

  private remove(key: string): void {
    this.ids.delete(key)
    this.rowsByKey.delete(key)
    this.timings.delete(key)
    this.launches.delete(key)
  }

  private counterpartsOf(possible: readonly InstanceNotification[]): StoredCounterpart[] {
    const instances = new Set(possible.map(({ instance }) => instance))
    return this.stored
      .filter(({ instance }) => instances.has(instance))
      .map((one) => ({ instance: one.instance, key: counterpartKey(one), versioned: one.versioned, when: one.when }))
  }
}

/** When of a row that says it: a timing or an exists. */
function whenOf(row: unknown): number {
  const { when, start, end } = row as { when?: number; start?: { when: number } | null; end?: { when: number } | null }
  return start?.when ?? end?.when ?? when ?? Number.POSITIVE_INFINITY
}

function compare(a: { identity: string }, b: { identity: string }): number {
  return a.identity < b.identity ? -1 : 1
}
