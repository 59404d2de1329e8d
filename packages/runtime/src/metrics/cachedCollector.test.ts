import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from '@jest/globals'
import { CachedCollector, type Sample } from './cachedCollector.ts'

type Samples = Sample<'depth', never>[]

const limits = { maxAgeMs: 60, timeoutMs: 30 }
const depth = (value: number): Samples => [{ gauge: 'depth', value }]

/** A collector whose collections end when the test resolves or rejects them. */
function controlledCollector() {
  const collections: { resolve(samples: Samples): void; reject(error: Error): void }[] = []
  const failures: unknown[] = []
  const collect = () => new Promise<Samples>((resolve, reject) => collections.push({ resolve, reject }))
  const collector = new CachedCollector(collect, (error) => failures.push(error), limits)
  return { collections, failures, collector }
}

test('concurrent scrapes, and scrapes while the samples are fresh, share one collection', async () => {
  const { collections, collector } = controlledCollector()
  const both = [collector.read(), collector.read()]
  collections[0]?.resolve(depth(1))
  expect(await Promise.all(both)).toEqual([depth(1), depth(1)])
  expect(await collector.read()).toEqual(depth(1))
  expect(collections).toHaveLength(1)
  await sleep(limits.maxAgeMs + 10)
  const next = collector.read()
  collections[1]?.resolve(depth(2))
  expect(await next).toEqual(depth(2))
})

test('a scrape times out, and a hanging collection is not started twice', async () => {
  const { collections, failures, collector } = controlledCollector()
  expect(await collector.read()).toEqual([])
  expect(await collector.read()).toEqual([])
  expect(collections).toHaveLength(1)
  expect(failures).toHaveLength(0)
  collections[0]?.resolve(depth(1))
  await sleep(0)
  expect(failures).toHaveLength(1)
  expect(await collector.read()).toEqual(depth(1))
})

test('a failed collection has no samples and is not repeated immediately', async () => {
  const { collections, failures, collector } = controlledCollector()
  const first = collector.read()
  collections[0]?.reject(new Error('unavailable'))
  expect(await first).toEqual([])
  expect(await collector.read()).toEqual([])
  expect({ collections: collections.length, failures: failures.length }).toEqual({ collections: 1, failures: 1 })
})

test('samples expire', async () => {
  const { collections, collector } = controlledCollector()
  const first = collector.read()
  collections[0]?.resolve(depth(1))
  await first
  await sleep(limits.maxAgeMs + 10)
  expect(await collector.read()).toEqual([])
})
