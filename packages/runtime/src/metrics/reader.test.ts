import { expect, test } from '@jest/globals'
import { CachedCollector, type Sample } from './reader.ts'

type Readings = Sample<'depth', never>[]

const limits = { fresh: 60, patience: 30 }
const after = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))
const depth = (value: number): Readings => [{ gauge: 'depth', value }]

/** What is asked, and how often, with answers that come when the test lets them. */
function question() {
  const waiting: { resolve(readings: Readings): void; reject(error: Error): void }[] = []
  const failures: unknown[] = []
  const ask = () => new Promise<Readings>((resolve, reject) => waiting.push({ resolve, reject }))
  const reader = new CachedCollector(ask, (error) => failures.push(error), limits)
  return { waiting, failures, reader }
}

test('those who read at once, or while the answer is fresh, share it', async () => {
  const { waiting, reader } = question()
  const both = [reader.read(), reader.read()]
  waiting[0]?.resolve(depth(1))
  expect(await Promise.all(both)).toEqual([depth(1), depth(1)])
  expect(await reader.read()).toEqual(depth(1))
  expect(waiting).toHaveLength(1)
  await after(limits.fresh + 10)
  const next = reader.read()
  waiting[1]?.resolve(depth(2))
  expect(await next).toEqual(depth(2))
})

test('who reads does not wait for ever, and a question that hangs is not asked again', async () => {
  const { waiting, failures, reader } = question()
  expect(await reader.read()).toEqual([])
  expect(await reader.read()).toEqual([])
  expect(waiting).toHaveLength(1)
  expect(failures).toHaveLength(0)
  waiting[0]?.resolve(depth(1))
  await after(0)
  expect(failures).toHaveLength(1)
  expect(await reader.read()).toEqual(depth(1))
})

test('an answer that failed is none, and is not asked for again at once', async () => {
  const { waiting, failures, reader } = question()
  const first = reader.read()
  waiting[0]?.reject(new Error('away'))
  expect(await first).toEqual([])
  expect(await reader.read()).toEqual([])
  expect({ asked: waiting.length, failed: failures.length }).toEqual({ asked: 1, failed: 1 })
})

test('an old answer is none', async () => {
  const { waiting, reader } = question()
  const first = reader.read()
  waiting[0]?.resolve(depth(1))
  await first
  await after(limits.fresh + 10)
  expect(await reader.read()).toEqual([])
})
