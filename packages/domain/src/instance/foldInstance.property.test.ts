import { afterAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { withoutCounterparts } from '../notifications/counterparts.ts'
import { type InstanceNotification, sortByPosition } from '../notifications/instanceNotification.ts'
import { countImages, countSet } from '../testkit/countRules.ts'
import { countStep } from '../testkit/countStep.ts'
import { differentRows, foldAtOnce } from '../testkit/rows.ts'
import { RuleCounts } from '../testkit/ruleCounts.ts'
import { Store } from '../testkit/store.ts'
import { at } from '../testkit/story.ts'
import { cloud, inBatches, runOptions, shuffled, withDuplicates } from '../testkit/stream.ts'
import { foldImages, type ImageFold, type ImageNotification } from '../usage/foldImages.ts'

const ruleCounts = new RuleCounts()
const totals = { streams: 0, notifications: 0, permutations: 0 }

afterAll(() => {
  const { streams, notifications, permutations } = totals
  process.stdout.write(`applied rules:\n${ruleCounts}\n`)
  process.stdout.write(`pure fold: ${streams} streams, ${notifications} notifications, ${permutations} permutations\n`)
})

/** Checks a property for random streams, and counts them. */
function checkStreams<T>(
  streams: fc.Arbitrary<T>,
  order: 'in order' | 'shuffled',
  size: (stream: T) => number,
  check: (stream: T) => void,
) {
  fc.assert(
    fc.property(streams, (stream) => {
      totals.streams++
      totals.notifications += size(stream)
      if (order === 'shuffled') totals.permutations++
      check(stream)
    }),
    runOptions,
  )
}

const length = (all: readonly unknown[]) => all.length
const total = (batches: readonly (readonly unknown[])[]) => batches.flat().length

/** Counts the rules that the folds of a store applied. */
function countAppliedRules(store: Store): void {
  for (const step of store.steps) countStep(ruleCounts, step)
  countSet(ruleCounts, store.notifications(), store.rules)
}

describe.each(['today', 'stacktach'] as const)('random streams (%s)', (rules) => {
  const emptyStore = () => new Store(rules)

  test('in order, one notification at a time: the rows of every prefix are those of one fold', () => {
    checkStreams(cloud.map(sortByPosition), 'in order', length, (all) => {
      const store = emptyStore()
      all.forEach((notification, index) => {
        store.add([notification])
        store.foldPending()
        expect(differentRows(store.rows(), foldAtOnce(all.slice(0, index + 1), rules))).toEqual([])
      })
      countAppliedRules(store)
    })
  })

  test('shuffled, one notification at a time: the rows of every prefix are those of one fold', () => {
    checkStreams(shuffled(cloud), 'shuffled', length, (all) => {
      const store = emptyStore()
      all.forEach((notification, index) => {
        store.add([notification])
        store.foldPending()
        expect(differentRows(store.rows(), foldAtOnce(all.slice(0, index + 1), rules))).toEqual([])
      })
      countAppliedRules(store)
    })
  })

  test('shuffled, with duplicates, in batches: the rows after every batch are those of one fold', () => {
    checkStreams(inBatches(withDuplicates(cloud)), 'shuffled', total, (batches) => {
      const store = emptyStore()
      for (const batch of batches) {
        store.add(batch)
        store.foldPending()
        expect(differentRows(store.rows(), foldAtOnce(store.notifications(), rules))).toEqual([])
      }
      expect(differentRows(store.rows(), foldAtOnce(sortByPosition(batches.flat()), rules))).toEqual([])
      countAppliedRules(store)
    })
  })

  test('shards and requests folded at different times: the final rows are those of one fold', () => {
    const schedules = inBatches(withDuplicates(cloud)).chain((batches) =>
      fc
        .array(fc.subarray(['shard 0', 'shard 1', 'requests'] as const), {
          minLength: batches.length,
          maxLength: batches.length,
        })
        .map((tasks) => batches.map((batch, index) => ({ batch, tasks: tasks[index] ?? [] }))),
    )
    const size = (steps: { batch: readonly unknown[] }[]) => total(steps.map(({ batch }) => batch))
    checkStreams(schedules, 'shuffled', size, (steps) => {
      const store = emptyStore()
      for (const { batch, tasks } of steps) {
        store.add(batch)
        for (const task of tasks) {
          if (task === 'requests') store.trackRequests()
          else store.foldShard(task === 'shard 0' ? 0 : 1)
        }
      }
      store.foldPending()
      expect(differentRows(store.rows(), foldAtOnce(store.notifications(), rules))).toEqual([])
      countAppliedRules(store)
    })
  })

  test('refolded without a new notification: rows keep their keys and ids', () => {
    checkStreams(inBatches(shuffled(cloud)), 'shuffled', total, (batches) => {
      const store = emptyStore()
      for (const batch of batches) {
        store.add(batch)
        store.foldPending()
      }
      const [rows, ids] = [store.rows(), new Map(store.ids)]
      store.refoldAll()
      expect(differentRows(store.rows(), rows)).toEqual([])
      expect(store.ids).toEqual(ids)
    })
  })

  test('a late notification removes only timings of an end that got a start, or of a counterpart that no longer counts', () => {
    checkStreams(inBatches(shuffled(cloud)), 'shuffled', total, (batches) => {
      const store = emptyStore()
      for (const batch of batches) {
        store.add(batch)
        store.foldPending()
        const countedIds = new Set(withoutCounterpartsOfEach(store.notifications()).map(({ id }) => id))
        const endIds = new Set([...store.rows().values()].map((row) => JSON.parse(row)).map(({ end }) => end?.id))
        for (const key of store.steps.at(-1)?.removedTimings ?? []) {
          const id = Number(key.split(' ').at(-1))
          expect(endIds.has(id) || !countedIds.has(id)).toBe(true)
        }
      }
    })
  })

  test('in one format and in order: no instance is refolded', () => {
    const oneFormat = cloud.map((all) => sortByPosition(all).map((each) => ({ ...each, versioned: false })))
    checkStreams(inBatches(oneFormat), 'in order', total, (batches) => {
      const store = emptyStore()
      for (const batch of batches) {
        store.add(batch)
        store.foldPending()
      }
      expect(store.refolds()).toBe(0)
      expect(differentRows(store.rows(), foldAtOnce(store.notifications(), rules))).toEqual([])
    })
  })
})

/** The notifications that count, of all instances. */
function withoutCounterpartsOfEach(all: readonly InstanceNotification[]): InstanceNotification[] {
  const instances = new Set(all.map(({ instance }) => instance))
  return [...instances].flatMap((name) => withoutCounterparts(all.filter(({ instance }) => instance === name)))
}

const images: fc.Arbitrary<ImageNotification[]> = fc
  .array(
    fc.record({
      event: fc.constantFrom('image.activate', 'image.update', 'image.delete', 'image.exists'),
      image: fc.constantFrom('picture', 'other'),
      seconds: fc.integer({ min: 0, max: 5 }),
      deploymentId: fc.constantFrom(1, 2),
      messageId: fc.constantFrom('message-1', 'message-2', 'message-3'),
      createdAt: fc.constantFrom(at(1), undefined),
      deletedAt: fc.constantFrom(at(4), undefined),
      size: fc.constantFrom('1', '2', '3'),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .map((all) =>
    all.map(({ seconds, image, size, createdAt, deletedAt, ...fields }, index) => ({
      ...fields,
      image,
      id: index + 1,
      when: at(seconds),
      identity: `${fields.messageId}-${index}\tcloud`,
      dedupKey: fields.messageId,
      facts: {
        images: [{ uuid: image, size, ...(createdAt && { createdAt }), ...(deletedAt && { deletedAt }) }],
      },
    })),
  )

test('images, shuffled, with duplicates, in batches: the rows are those of one fold in order', () => {
  checkStreams(inBatches(withDuplicates(images)), 'shuffled', total, (batches) => {
    const stored = new Map<string, ImageRow>()
    for (const batch of batches) for (const row of rowsOf(foldImages(batch, 'today'))) setIfLater(stored, row)
    const expected = new Map<string, ImageRow>()
    for (const row of rowsOf(foldImages(sortByPosition(batches.flat()), 'today'))) setIfLater(expected, row)
    expect(new Map([...stored].sort())).toEqual(new Map([...expected].sort()))
    countImages(ruleCounts, batches.flat())
  })
})

type ImageRow = { key: string; when: number; tieBreak: string; priority?: number }

function rowsOf({ usages, deletes, exists }: ImageFold): ImageRow[] {
  return [
    ...usages.map((row) => ({ key: `usage ${row.uuid}`, ...row })),
    ...deletes.map((row) => ({ key: `delete ${row.uuid}`, ...row })),
    ...exists.map((row) => ({ key: `exists ${row.uuid} ${row.deploymentId} ${row.dedupKey}`, ...row })),
  ]
}

/** Stores a row like the database: a later one, or one with a higher priority, replaces another. */
function setIfLater(rows: Map<string, ImageRow>, row: ImageRow): void {
  const existing = rows.get(row.key)
  const [before, after] = [existing?.priority ?? existing?.when ?? 0, row.priority ?? row.when]
  if (!existing || before < after || (before === after && existing.tieBreak < row.tieBreak)) rows.set(row.key, row)
}

test('every rule was applied', () => {
  expect(ruleCounts.never()).toEqual([])
})
