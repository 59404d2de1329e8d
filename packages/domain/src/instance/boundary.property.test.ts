import { afterAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { counterpartKey, EXISTS } from '../notifications/counterparts.ts'
import { type InstanceNotification, sortByPosition } from '../notifications/instanceNotification.ts'
import { differentRows, foldAtOnce } from '../testkit/rows.ts'
import { Store } from '../testkit/store.ts'
import { at, counterpartOf, novaEvent } from '../testkit/story.ts'
import { cloud, inBatches, runOptions, shuffled } from '../testkit/stream.ts'

/** A stream whose beginning retention drops twice while it arrives. */
interface Run {
  /** Batches before the first boundary is set. */
  early: InstanceNotification[][]
  late: InstanceNotification[][]
  /** Seconds of the boundaries: the first is set after the early batches, the second in the middle of the late ones. */
  cuts: [number, number]
}

const totals = { runs: 0, pruned: 0, late: 0, refolds: 0 }

afterAll(() => {
  process.stdout.write(`boundaries within a stream: ${JSON.stringify(totals)}\n`)
})

/** The same user and service in both formats: these tests do not check which counterpart starts a request. */
function withOneUser(all: InstanceNotification[]): InstanceNotification[] {
  return all.map((each) => ({ ...each, userId: 'user', service: 'nova-api' }))
}

const run: fc.Arbitrary<Run> = fc
  .record({
    all: shuffled(cloud.map(withOneUser)),
    share: fc.double({ min: 0.3, max: 1, noNaN: true }),
    first: fc.integer({ min: 1, max: 9 }),
    further: fc.integer({ min: 0, max: 8 }),
  })
  .chain(({ all, share, first, further }) => {
    const earlyCount = Math.ceil(all.length * share)
    const cuts: [number, number] = [first, first + further]
    const [early, late] = withoutUnsupported(all.slice(0, earlyCount), all.slice(earlyCount), cuts)
    return fc.record({
      early: inBatches(fc.constant(early)),
      late: inBatches(fc.constant(late)),
      cuts: fc.constant(cuts),
    })
  })

/**
 * Omits what no boundary can support: a classic notification whose versioned counterpart was folded and dropped, and an
 * exists with the message id of a dropped exists.
 */
function withoutUnsupported(
  early: InstanceNotification[],
  late: InstanceNotification[],
  cuts: [number, number],
): [InstanceNotification[], InstanceNotification[]] {
  const all = [...early, ...late]
  const stored = late.filter(({ when }) => when >= at(cuts[0]))
  /** Whether a boundary is between the two. */
  const areSeparated = (earlier: InstanceNotification, later: InstanceNotification) =>
    cuts.some((cut) => earlier.when < at(cut) && later.when >= at(cut))
  const hasUniqueId = (later: InstanceNotification) =>
    !all.some(
      (earlier) =>
        areSeparated(earlier, later) &&
        later.event === EXISTS &&
        earlier.event === EXISTS &&
        earlier.messageId === later.messageId,
    )
  const hasDroppedCounterpart = (later: InstanceNotification) =>
    all.some(
      (earlier) =>
        areSeparated(earlier, later) &&
        earlier.versioned &&
        earlier.instance === later.instance &&
        counterpartKey(earlier) === counterpartKey(later),
    )
  return [
    early.filter(hasUniqueId),
    stored.filter((later) => hasUniqueId(later) && (later.versioned || !hasDroppedCounterpart(later))),
  ]
}

describe.each(['today', 'stacktach'] as const)('boundaries within a stream (%s)', (rules) => {
  test('after every batch the rows are those of a fold without boundaries', () => {
    fc.assert(
      fc.property(run, ({ early, late, cuts: [first, second] }) => {
        const store = new Store(rules)
        const whole: InstanceNotification[] = []
        const add = (batch: InstanceNotification[]) => {
          store.add(batch)
          whole.push(...batch)
          store.foldPending()
          expect(differentRows(store.rows(), foldAtOnce(sortByPosition(whole), rules))).toEqual([])
        }
        for (const batch of early) add(batch)
        store.prune(at(first))
        late.forEach((batch, index) => {
          if (index === Math.floor(late.length / 2)) store.prune(at(second))
          const horizon = index < Math.floor(late.length / 2) ? first : second
          const accepted = batch.filter(({ when }) => when >= at(horizon))
          if (accepted.length > 0) add(accepted)
        })
        totals.runs++
        totals.pruned += whole.length - store.notifications().length
        totals.late += late.flat().length
        totals.refolds += store.refolds()
      }),
      runOptions,
    )
  })

  test('with one format, in order, and a boundary after every notification, the rows are those of a complete fold', () => {
    fc.assert(
      fc.property(cloud.map(sortByPosition), (all) => {
        const store = new Store(rules)
        const stream = all.map((each) => ({ ...each, versioned: false }))
        for (const notification of stream) {
          store.add([notification])
          store.foldPending()
          store.prune(notification.when)
        }
        // An exists replaces an earlier one with its message id, so that this stream loses nothing either.
        expect(differentRows(store.rows(), foldAtOnce(stream, rules))).toEqual([])
        expect(store.refolds()).toBe(0)
      }),
      runOptions,
    )
  })

  test('rows keep their ids when an instance is refolded from its boundary', () => {
    fc.assert(
      fc.property(run, ({ early, cuts: [first] }) => {
        const store = new Store(rules)
        for (const batch of early) store.add(batch)
        store.foldPending()
        const [rows, ids] = [store.rows(), new Map(store.ids)]
        store.prune(at(first))
        store.refoldAll()
        expect(differentRows(store.rows(), rows)).toEqual([])
        expect(store.ids).toEqual(ids)
      }),
      runOptions,
    )
  })
})

describe('counterparts on both sides of a boundary', () => {
  const start = novaEvent('reboot.start', 1)
  const end = novaEvent('reboot.end', 3)

  test('a versioned notification whose classic counterpart was dropped is left out', () => {
    const store = new Store('today')
    store.add([start])
    store.foldPending()
    const { when } = counterpartOf(start)
    store.prune(when)
    store.add([counterpartOf(start), end])
    store.foldPending()
    expect([...store.timings.values()]).toHaveLength(1)
    expect([...store.timings.values()][0]).toMatchObject({ start: { id: start.id }, end: { id: end.id } })
  })

  test('a classic notification whose versioned counterpart was folded and dropped is left out', () => {
    const store = new Store('today')
    const versioned = { ...counterpartOf(start), when: start.when }
    const classic = { ...start, when: at(2) }
    store.add([versioned])
    store.foldPending()
    store.prune(at(2))
    store.add([classic])
    store.foldPending()
    store.add([end])
    store.foldPending()
    expect([...store.timings.values()]).toHaveLength(1)
    expect([...store.timings.values()][0]).toMatchObject({ start: { id: versioned.id }, end: { id: end.id } })
  })

  test('a versioned notification stays left out when its classic counterpart is after the boundary', () => {
    const store = new Store('today')
    const versioned = { ...counterpartOf(start), when: start.when }
    const classic = { ...start, when: at(2) }
    store.add([versioned, classic])
    store.foldPending()
    store.prune(at(2))
    store.add([end, novaEvent('update', 2.5)])
    store.refoldAll()
    store.foldPending()
    expect([...store.timings.values()]).toHaveLength(1)
    expect([...store.timings.values()][0]).toMatchObject({ start: { id: classic.id }, end: { id: end.id } })
  })
})
