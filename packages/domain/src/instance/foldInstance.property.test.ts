import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { at, notice } from '../../samples/story.ts'
import type { Rules } from '../rules.ts'
import type { Timing } from '../timing/foldTimings.ts'
import type { InstanceDelete } from '../usage/deletes.ts'
import type { InstanceExists } from '../usage/exists.ts'
import type { Launch } from '../usage/foldLaunches.ts'
import { FROM_THE_BEGINNING, foldInstance, type Lifecycle } from './foldInstance.ts'
import { type InstanceNotification, inOrder } from './notification.ts'
import { byInstance, foldInstances, neededState, planFolds, withPossibleTwins } from './plan.ts'
import { twinKey } from './twins.ts'

// fast-check prints the seed and the path of a run that fails; give both to assert() to see it again.
const RUNS = 300

const events = [
  'create.start',
  'create.end',
  'rebuild.start',
  'rebuild.end',
  'rescue.start',
  'rescue.end',
  'resize.prep.start',
  'finish_resize.end',
  'unshelve.end',
  'delete.start',
  'delete.end',
  'exists',
  'update',
]

const notification = fc
  .record({
    event: fc.constantFrom(...events),
    seconds: fc.integer({ min: 0, max: 15 }),
    instance: fc.constantFrom('one', 'other'),
    requestId: fc.constantFrom('', 'req-1', 'req-2'),
    versioned: fc.boolean(),
    state: fc.constantFrom('active', 'building', null),
    flavor: fc.constantFrom('small', 'large', undefined),
    launched: fc.constantFrom(1, 2, undefined),
    period: fc.constantFrom(0, 0.5, 1),
  })
  .map(({ event, seconds, flavor, launched, period, ...said }) =>
    notice(event, seconds, said, {
      auditPeriodBeginning: at(period),
      auditPeriodEnding: at(period + 10),
      ...(flavor === undefined ? {} : { instanceFlavorId: flavor }),
      ...(launched === undefined ? {} : { launchedAt: at(launched), terminatedAt: at(10 + launched) }),
    }),
  )

const cloud = fc.array(notification, { minLength: 1, maxLength: 40 })
const shuffledCloud = cloud.chain((all) => fc.shuffledSubarray(all, { minLength: all.length }))

/** The same notifications, cut into pieces at random places. */
function inPieces<T>(items: fc.Arbitrary<T[]>): fc.Arbitrary<T[][]> {
  return items.chain((all) =>
    fc.array(fc.boolean(), { minLength: all.length, maxLength: all.length }).map((cuts) =>
      all.reduce<T[][]>((pieces, item, index) => {
        const piece = pieces.at(-1)
        if (piece === undefined || cuts[index] === true) pieces.push([item])
        else piece.push(item)
        return pieces
      }, []),
    ),
  )
}

/** What is stored of a cloud: each piece is folded onto it by a plan, as it comes. */
class Store {
  readonly rules: Rules
  refolds = 0
  readonly notifications: InstanceNotification[] = []
  readonly lifecycles = new Map<string, Lifecycle>()
  timings = new Map<number | undefined, Timing>()
  launches = new Map<string, Launch>()
  deletes = new Map<string, InstanceDelete>()
  exists = new Map<string, InstanceExists>()

  constructor(rules: Rules) {
    this.rules = rules
  }

  take(piece: readonly InstanceNotification[]): void {
    this.notifications.push(...piece)
    const claimed = byInstance(piece)
    const possible = new Set(withPossibleTwins(claimed, this.lifecycles).map(({ instance }) => instance))
    const twins = this.notifications
      .filter(({ instance }) => possible.has(instance))
      .map((stored) => ({ ...stored, key: twinKey(stored) }))
    const plan = planFolds(claimed, this.lifecycles, twins)
    this.refolds += plan.refolded.length
    const needed = neededState(plan.continued, this.rules)
    const openTimings = [...this.timings.values()]
      .filter((timing) => timing.end === null)
      .filter((timing) => needed.timings.some((key) => key.instance === timing.instance && key.name === timing.name))
      .sort((a, b) => (a.start && b.start ? a.start.when - b.start.when || compare(a.start, b.start) : 0))
    const launches = [...this.launches.values()].filter(({ instance, requestId }) =>
      needed.launches.some((key) => key.instance === instance && key.requestId === requestId),
    )
    const histories = this.notifications.filter(({ instance }) => plan.refolded.includes(instance))
    const stored = { lifecycles: this.lifecycles, openTimings, launches, twins }
    const folds = foldInstances(plan, histories, stored, this.rules)
    for (const rows of [this.timings, this.launches, this.deletes, this.exists]) {
      for (const [key, { instance }] of rows) if (plan.refolded.includes(instance)) rows.delete(key as never)
    }
    for (const fold of folds) {
      this.lifecycles.set(fold.instance, fold.lifecycle)
      for (const row of fold.timings) this.timings.set((row.start ?? row.end)?.id, row)
      for (const row of fold.launches) this.launches.set(`${row.instance} ${row.requestId}`, row)
      for (const row of fold.deletes) this.deletes.set(`${row.instance} ${row.launchedAt} ${row.deletedAt}`, row)
      for (const row of fold.exists) this.exists.set(`${row.deploymentId} ${row.dedupKey}`, row)
    }
  }

  /** Every row, in an order of their own. */
  rows(): unknown[] {
    return [this.lifecycles, this.timings, this.launches, this.deletes, this.exists].map((rows) =>
      [...rows.values()].map((row) => JSON.stringify(row)).sort(),
    )
  }
}

function compare(a: { identity: string }, b: { identity: string }): number {
  return a.identity < b.identity ? -1 : 1
}

function storeOf(pieces: readonly InstanceNotification[][], rules: Rules): Store {
  const store = new Store(rules)
  for (const piece of pieces) store.take(piece)
  return store
}

describe.each(['today', 'stacktach'] as const)('whatever notifications there are (%s)', (rules) => {
  test('in order, a piece at a time, they make the rows that they make at once', () => {
    fc.assert(
      fc.property(inPieces(cloud.map((all) => inOrder(all))), (pieces) => {
        expect(storeOf(pieces, rules).rows()).toEqual(storeOf([pieces.flat()], rules).rows())
      }),
      { numRuns: RUNS },
    )
  })

  test('out of order, a piece at a time, they make the same rows too', () => {
    fc.assert(
      fc.property(inPieces(shuffledCloud), (pieces) => {
        expect(storeOf(pieces, rules).rows()).toEqual(storeOf([pieces.flat()], rules).rows())
      }),
      { numRuns: RUNS },
    )
  })

  test('shuffled, and some of them twice, they fold as they do in order', () => {
    fc.assert(
      fc.property(shuffledCloud, (all) => {
        const groups = byInstance([...all, ...all.slice(0, 5)])
        for (const [instance, members] of byInstance(inOrder(all))) {
          const shuffled = foldInstance(instance, FROM_THE_BEGINNING, groups.get(instance) ?? [], rules)
          expect(shuffled).toEqual(foldInstance(instance, FROM_THE_BEGINNING, members, rules))
        }
      }),
      { numRuns: RUNS },
    )
  })

  test('of one format and in order, no instance is ever folded again', () => {
    const oneFormat = cloud.map((all) => inOrder(all).map((each) => ({ ...each, versioned: false })))
    fc.assert(
      fc.property(inPieces(oneFormat), (pieces) => {
        expect(storeOf(pieces, rules).refolds).toBe(0)
      }),
      { numRuns: RUNS },
    )
  })
})
