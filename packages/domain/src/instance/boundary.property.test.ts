import { afterAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { counterpartKey, EXISTS } from '../notifications/counterparts.ts'
import { type InstanceNotification, sortByPosition } from '../notifications/instanceNotification.ts'
import { foldedAtOnce, Store } from '../testkit/store.ts'
import { at, notice, twinOf } from '../testkit/story.ts'
import { again, cloud, inPieces, shuffled } from '../testkit/stream.ts'

/** A run of a cloud that loses its beginning once or twice. */
interface Run {
  /** What came before anything was pruned, in pieces. */
  early: InstanceNotification[][]
  late: InstanceNotification[][]
  /** Seconds before which things are pruned, after the early pieces and among the late ones. */
  cuts: [number, number]
}

const met = { runs: 0, pruned: 0, late: 0, refolds: 0 }

afterAll(() => {
  process.stdout.write(`pruned in the middle: ${JSON.stringify(met)}\n`)
})

/** In both formats the same user and service: which of two counterparts starts a request is not what is asked here. */
function alike(all: InstanceNotification[]): InstanceNotification[] {
  return all.map((each) => ({ ...each, userId: 'user', service: 'nova-api' }))
}

const run: fc.Arbitrary<Run> = fc
  .record({
    all: shuffled(cloud.map(alike)),
    share: fc.double({ min: 0.3, max: 1, noNaN: true }),
    first: fc.integer({ min: 1, max: 9 }),
    further: fc.integer({ min: 0, max: 8 }),
  })
  .chain(({ all, share, first, further }) => {
    const number = Math.ceil(all.length * share)
    const cuts: [number, number] = [first, first + further]
    const [early, late] = acceptable(all.slice(0, number), all.slice(number), cuts)
    return fc.record({
      early: inPieces(fc.constant(early)),
      late: inPieces(fc.constant(late)),
      cuts: fc.constant(cuts),
    })
  })

/**
 * Without what no state can make up for: a classic one that comes when its versioned counterpart counted and is gone, and an
 * exists that takes the message id of one that is gone.
 */
function acceptable(
  early: InstanceNotification[],
  late: InstanceNotification[],
  cuts: [number, number],
): [InstanceNotification[], InstanceNotification[]] {
  const all = [...early, ...late]
  const accepted = late.filter(({ when }) => when >= at(cuts[0]))
  const behind = (one: InstanceNotification, other: InstanceNotification) =>
    cuts.some((cut) => one.when < at(cut) && other.when >= at(cut))
  const sameId = (one: InstanceNotification) => (other: InstanceNotification) =>
    behind(other, one) && one.event === EXISTS && other.event === EXISTS && other.messageId === one.messageId
  const pruned = (one: InstanceNotification) => (other: InstanceNotification) =>
    behind(other, one) &&
    other.versioned &&
    other.instance === one.instance &&
    counterpartKey(other) === counterpartKey(one)
  const unique = (one: InstanceNotification) => !all.some(sameId(one))
  return [early.filter(unique), accepted.filter((one) => unique(one) && (one.versioned || !all.some(pruned(one))))]
}

describe.each(['today', 'stacktach'] as const)('pruned in the middle (%s)', (rules) => {
  test('what comes later makes, at every moment, the rows that it makes where nothing is pruned', () => {
    fc.assert(
      fc.property(run, ({ early, late, cuts: [first, second] }) => {
        const store = new Store(rules)
        const whole: InstanceNotification[] = []
        const arrive = (piece: InstanceNotification[]) => {
          store.arrive(piece)
          whole.push(...piece)
          store.settle()
          expect(store.rows()).toEqual(foldedAtOnce(sortByPosition(whole), rules))
        }
        for (const piece of early) arrive(piece)
        store.prune(at(first))
        late.forEach((piece, index) => {
          if (index === Math.floor(late.length / 2)) store.prune(at(second))
          const horizon = index < Math.floor(late.length / 2) ? first : second
          const kept = piece.filter(({ when }) => when >= at(horizon))
          if (kept.length > 0) arrive(kept)
        })
        met.runs++
        met.pruned += whole.length - store.notifications().length
        met.late += late.flat().length
        met.refolds += store.refolds()
      }),
      again,
    )
  })

  test('pruned at every second, one format, in order: the rows are those of everything', () => {
    fc.assert(
      fc.property(cloud.map(sortByPosition), (all) => {
        const store = new Store(rules)
        const stream = all.map((each) => ({ ...each, versioned: false }))
        for (const notification of stream) {
          store.arrive([notification])
          store.settle()
          store.prune(notification.when)
        }
        // An exists under the id of another takes its place, so that nothing is lost of this stream either.
        expect(store.rows()).toEqual(foldedAtOnce(stream, rules))
        expect(store.refolds()).toBe(0)
      }),
      again,
    )
  })

  test('rows keep their ids when an instance is folded again from its boundary', () => {
    fc.assert(
      fc.property(run, ({ early, cuts: [first] }) => {
        const store = new Store(rules)
        for (const piece of early) store.arrive(piece)
        store.settle()
        const [rows, ids] = [store.rows(), new Map(store.ids)]
        store.prune(at(first))
        store.foldAgain()
        expect(store.rows()).toEqual(rows)
        expect(store.ids).toEqual(ids)
      }),
      again,
    )
  })
})

describe('counterparts on both sides of a boundary', () => {
  const start = notice('reboot.start', 1)
  const end = notice('reboot.end', 3)

  test('a versioned one whose classic counterpart is gone says nothing', () => {
    const store = new Store('today')
    store.arrive([start])
    store.settle()
    const { when } = twinOf(start)
    store.prune(when)
    store.arrive([twinOf(start), end])
    store.settle()
    expect([...store.timings.values()]).toHaveLength(1)
    expect([...store.timings.values()][0]).toMatchObject({ start: { id: start.id }, end: { id: end.id } })
  })

  test('a classic one whose versioned counterpart counted and is gone does not count again', () => {
    const store = new Store('today')
    const versioned = { ...twinOf(start), when: start.when }
    const classic = { ...start, when: at(2) }
    store.arrive([versioned])
    store.settle()
    store.prune(at(2))
    store.arrive([classic])
    store.settle()
    store.arrive([end])
    store.settle()
    expect([...store.timings.values()]).toHaveLength(1)
    expect([...store.timings.values()][0]).toMatchObject({ start: { id: versioned.id }, end: { id: end.id } })
  })

  test('a versioned one that is left out for a classic counterpart behind the boundary stays left out', () => {
    const store = new Store('today')
    const versioned = { ...twinOf(start), when: start.when }
    const classic = { ...start, when: at(2) }
    store.arrive([versioned, classic])
    store.settle()
    store.prune(at(2))
    store.arrive([end, notice('update', 2.5)])
    store.foldAgain()
    store.settle()
    expect([...store.timings.values()]).toHaveLength(1)
    expect([...store.timings.values()][0]).toMatchObject({ start: { id: classic.id }, end: { id: end.id } })
  })
})
