import { afterAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { withoutCounterparts } from '../notifications/counterparts.ts'
import { type InstanceNotification, sortByPosition } from '../notifications/instanceNotification.ts'
import { countImages, countSet, countStep } from '../testkit/countFired.ts'
import { Fired } from '../testkit/fired.ts'
import { foldedAtOnce, Store } from '../testkit/store.ts'
import { at } from '../testkit/story.ts'
import { again, cloud, inPieces, partlyDoubled, shuffled } from '../testkit/stream.ts'
import { foldImages, type ImageFold, type ImageNotification } from '../usage/foldImages.ts'

const fired = new Fired()
const ran = { streams: 0, notifications: 0, permutations: 0 }

afterAll(() => {
  const { streams, notifications, permutations } = ran
  process.stdout.write(`rules met:\n${fired}\n`)
  process.stdout.write(`pure fold: ${streams} streams, ${notifications} notifications, ${permutations} permutations\n`)
})

/** Each stream that is drawn, counted; one that is shuffled as a permutation too. */
function holds<T>(drawn: fc.Arbitrary<T>, as: 'in order' | 'shuffled', size: (t: T) => number, is: (t: T) => void) {
  fc.assert(
    fc.property(drawn, (stream) => {
      ran.streams++
      ran.notifications += size(stream)
      if (as === 'shuffled') ran.permutations++
      is(stream)
    }),
    again,
  )
}

const length = (all: readonly unknown[]) => all.length
const total = (pieces: readonly (readonly unknown[])[]) => pieces.flat().length

/** What folding met on the way to these rows. */
function counted(store: Store): void {
  for (const step of store.steps) countStep(fired, step)
  countSet(fired, store.notifications(), store.rules)
}

describe.each(['today', 'stacktach'] as const)('whatever notifications there are (%s)', (rules) => {
  const fresh = () => new Store(rules)

  test('in order, one at a time, every prefix makes the rows that it makes at once', () => {
    holds(cloud.map(sortByPosition), 'in order', length, (all) => {
      const store = fresh()
      all.forEach((notification, index) => {
        store.arrive([notification])
        store.settle()
        expect(store.rows()).toEqual(foldedAtOnce(all.slice(0, index + 1), rules))
      })
      counted(store)
    })
  })

  test('shuffled, one at a time, every prefix makes the rows that it makes at once', () => {
    holds(shuffled(cloud), 'shuffled', length, (all) => {
      const store = fresh()
      all.forEach((notification, index) => {
        store.arrive([notification])
        store.settle()
        expect(store.rows()).toEqual(foldedAtOnce(all.slice(0, index + 1), rules))
      })
      counted(store)
    })
  })

  test('shuffled, some twice, a piece at a time, they make at every moment the rows of what has come', () => {
    holds(inPieces(partlyDoubled(cloud)), 'shuffled', total, (pieces) => {
      const store = fresh()
      for (const piece of pieces) {
        store.arrive(piece)
        store.settle()
        expect(store.rows()).toEqual(foldedAtOnce(store.notifications(), rules))
      }
      expect(store.rows()).toEqual(foldedAtOnce(sortByPosition(pieces.flat()), rules))
      counted(store)
    })
  })

  test('shards and requests folded at moments of their own, they make the same rows in the end', () => {
    const moments = inPieces(partlyDoubled(cloud)).chain((pieces) =>
      fc
        .array(fc.subarray(['shard 0', 'shard 1', 'requests'] as const), {
          minLength: pieces.length,
          maxLength: pieces.length,
        })
        .map((doing) => pieces.map((piece, index) => ({ piece, doing: doing[index] ?? [] }))),
    )
    const size = (steps: { piece: readonly unknown[] }[]) => total(steps.map(({ piece }) => piece))
    holds(moments, 'shuffled', size, (steps) => {
      const store = fresh()
      for (const { piece, doing } of steps) {
        store.arrive(piece)
        for (const what of doing) {
          if (what === 'requests') store.trackRequests()
          else store.foldShard(what === 'shard 0' ? 0 : 1)
        }
      }
      store.settle()
      expect(store.rows()).toEqual(foldedAtOnce(store.notifications(), rules))
      counted(store)
    })
  })

  test('folded from the beginning once more, rows keep their keys, and so their ids', () => {
    holds(inPieces(shuffled(cloud)), 'shuffled', total, (pieces) => {
      const store = fresh()
      for (const piece of pieces) {
        store.arrive(piece)
        store.settle()
      }
      const [rows, ids] = [store.rows(), new Map(store.ids)]
      store.foldAgain()
      expect(store.rows()).toEqual(rows)
      expect(store.ids).toEqual(ids)
    })
  })

  test('a late one takes no timing away but of an end that found its start, or of a counterpart that counts no more', () => {
    holds(inPieces(shuffled(cloud)), 'shuffled', total, (pieces) => {
      const store = fresh()
      for (const piece of pieces) {
        store.arrive(piece)
        store.settle()
        const counts = new Set(withoutTwinsOfEach(store.notifications()).map(({ id }) => id))
        const closing = new Set([...store.rows().values()].map((row) => JSON.parse(row)).map(({ end }) => end?.id))
        for (const key of store.steps.at(-1)?.vanished ?? []) {
          const id = Number(key.split(' ').at(-1))
          expect(closing.has(id) || !counts.has(id)).toBe(true)
        }
      }
    })
  })

  test('of one format and in order, no instance is ever folded again', () => {
    const oneFormat = cloud.map((all) => sortByPosition(all).map((each) => ({ ...each, versioned: false })))
    holds(inPieces(oneFormat), 'in order', total, (pieces) => {
      const store = fresh()
      for (const piece of pieces) {
        store.arrive(piece)
        store.settle()
      }
      expect(store.refolds()).toBe(0)
      expect(store.rows()).toEqual(foldedAtOnce(store.notifications(), rules))
    })
  })
})

function withoutTwinsOfEach(all: readonly InstanceNotification[]): InstanceNotification[] {
  const instances = new Set(all.map(({ instance }) => instance))
  return [...instances].flatMap((name) => withoutCounterparts(all.filter(({ instance }) => instance === name)))
}

const images: fc.Arbitrary<ImageNotification[]> = fc
  .array(
    fc.record({
      event: fc.constantFrom('image.activate', 'image.delete', 'image.exists'),
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
    all.map(({ seconds, image, size, createdAt, deletedAt, ...said }, index) => ({
      ...said,
      image,
      id: index + 1,
      when: at(seconds),
      identity: `${said.messageId}-${index}\tcloud`,
      dedupKey: said.messageId,
      facts: {
        images: [{ uuid: image, size, ...(createdAt && { createdAt }), ...(deletedAt && { deletedAt }) }],
      },
    })),
  )

test('images: shuffled, some twice, a piece at a time, the rows are those of all in order at once', () => {
  holds(inPieces(partlyDoubled(images)), 'shuffled', total, (pieces) => {
    const stored = new Map<string, ImageRow>()
    for (const piece of pieces) for (const row of rowsOf(foldImages(piece))) keepLater(stored, row)
    const once = new Map<string, ImageRow>()
    for (const row of rowsOf(foldImages(sortByPosition(pieces.flat())))) keepLater(once, row)
    expect(new Map([...stored].sort())).toEqual(new Map([...once].sort()))
    countImages(fired, pieces.flat())
  })
})

type ImageRow = { key: string; when: number; tieBreak: string }

function rowsOf({ usages, deletes, exists }: ImageFold): ImageRow[] {
  return [
    ...usages.map((row) => ({ key: `usage ${row.uuid}`, ...row })),
    ...deletes.map((row) => ({ key: `delete ${row.uuid}`, ...row })),
    ...exists.map((row) => ({ key: `exists ${row.uuid} ${row.deploymentId} ${row.dedupKey}`, ...row })),
  ]
}

/** As a table of images takes a row: in the place of an earlier one. */
function keepLater(rows: Map<string, ImageRow>, row: ImageRow): void {
  const there = rows.get(row.key)
  if (!there || there.when < row.when || (there.when === row.when && there.tieBreak < row.tieBreak)) {
    rows.set(row.key, row)
  }
}

test('every rule was met', () => {
  expect(fired.never()).toEqual([])
})
