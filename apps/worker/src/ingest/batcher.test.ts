import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { Batcher, type BatchLimits } from './batcher.ts'

const limits: BatchLimits = { count: 3, bytes: 100, lingerMs: 10 }

beforeEach(() => {
  jest.useFakeTimers()
})

afterEach(() => {
  jest.useRealTimers()
})

/** A batcher that records its batches; `complete` ends the oldest batch in progress. */
function createBatcher(overrides: Partial<BatchLimits> = {}) {
  const batches: string[] = []
  const inProgress: (() => void)[] = []
  const batcher = new Batcher<string>({ ...limits, ...overrides }, (batch) => {
    batches.push(batch.join(''))
    return new Promise((resolve) => inProgress.push(resolve))
  })
  return {
    batcher,
    batches,
    async complete(): Promise<void> {
      inProgress.shift()?.()
      await jest.advanceTimersByTimeAsync(0)
    },
  }
}

function add(batcher: Batcher<string>, items: string, size = 1): void {
  for (const item of items) batcher.add(item, size)
}

describe('a batch ends', () => {
  test('by count', () => {
    const { batcher, batches } = createBatcher()
    add(batcher, 'ab')
    expect(batches).toEqual([])
    add(batcher, 'c')
    expect(batches).toEqual(['abc'])
  })

  test('by bytes, before the item that would exceed them', () => {
    const { batcher, batches } = createBatcher({ count: 100 })
    add(batcher, 'abc', 40)
    expect(batches).toEqual(['ab'])
    jest.advanceTimersByTime(10)
    expect(batches).toEqual(['ab', 'c'])
  })

  test('by bytes, with an item that reaches them exactly', () => {
    const { batcher, batches } = createBatcher({ count: 100 })
    add(batcher, 'ab', 50)
    expect(batches).toEqual(['ab'])
  })

  test('at once when a single item exceeds the bytes', () => {
    const { batcher, batches } = createBatcher()
    add(batcher, 'a', 5000)
    expect(batches).toEqual(['a'])
  })

  test('when it has lingered, counted from its first item', () => {
    const { batcher, batches } = createBatcher()
    add(batcher, 'a')
    jest.advanceTimersByTime(9)
    add(batcher, 'b')
    expect(batches).toEqual([])
    jest.advanceTimersByTime(1)
    expect(batches).toEqual(['ab'])
  })

  test('and the next one lingers for its own time', async () => {
    const { batcher, batches, complete } = createBatcher()
    add(batcher, 'abc')
    await complete()
    jest.advanceTimersByTime(100)
    add(batcher, 'd')
    jest.advanceTimersByTime(9)
    expect(batches).toEqual(['abc'])
    jest.advanceTimersByTime(1)
    expect(batches).toEqual(['abc', 'd'])
  })

  test('never while it is empty', () => {
    const { batches } = createBatcher()
    jest.advanceTimersByTime(1000)
    expect(batches).toEqual([])
  })
})

describe('two batches are in progress at a time', () => {
  test('and the next one follows at once when it is due', async () => {
    const { batcher, batches, complete } = createBatcher()
    add(batcher, 'abcdefgh')
    jest.advanceTimersByTime(1000)
    expect(batches).toEqual(['abc', 'def'])
    await complete()
    expect(batches).toEqual(['abc', 'def', 'gh'])
  })

  test('and the next one is still collected when it is not due', async () => {
    const { batcher, batches, complete } = createBatcher()
    add(batcher, 'abcdef')
    jest.advanceTimersByTime(5)
    add(batcher, 'g')
    await complete()
    expect(batches).toEqual(['abc', 'def'])
    jest.advanceTimersByTime(10)
    expect(batches).toEqual(['abc', 'def', 'g'])
  })

  test('collected items are split into batches, in order', async () => {
    const { batcher, batches, complete } = createBatcher()
    add(batcher, 'abcdefghijklm')
    expect(batches).toEqual(['abc', 'def'])
    jest.advanceTimersByTime(10)
    await complete()
    await complete()
    expect(batches).toEqual(['abc', 'def', 'ghi', 'jkl'])
    await complete()
    jest.advanceTimersByTime(10)
    expect(batches).toEqual(['abc', 'def', 'ghi', 'jkl', 'm'])
  })
})

describe('finish', () => {
  test('flushes all items without lingering and waits for all batches', async () => {
    const { batcher, batches, complete } = createBatcher()
    add(batcher, 'abcdefg')
    let finished = false
    const finish = batcher.finish().then(() => {
      finished = true
    })
    await complete()
    expect(batches).toEqual(['abc', 'def', 'g'])
    await complete()
    expect(finished).toBe(false)
    await complete()
    await finish
    expect(finished).toBe(true)
  })

  test('waits for a batch in progress when no item is left', async () => {
    const { batcher, complete } = createBatcher()
    add(batcher, 'abc')
    const finish = batcher.finish()
    await complete()
    await finish
  })

  test('resolves at once when there is nothing to flush, and leaves no timer', async () => {
    const { batcher } = createBatcher()
    await batcher.finish()
    add(batcher, 'a')
    batcher.clear()
    expect(jest.getTimerCount()).toBe(0)
  })
})

describe('clear', () => {
  test('discards collected items, but not batches in progress', async () => {
    const { batcher, batches, complete } = createBatcher()
    add(batcher, 'abcdefghi')
    batcher.clear()
    await complete()
    await complete()
    jest.advanceTimersByTime(1000)
    await batcher.finish()
    expect(batches).toEqual(['abc', 'def'])
  })

  test('resets the bytes, so that later items start a new batch', () => {
    const { batcher, batches } = createBatcher({ count: 100 })
    add(batcher, 'a', 99)
    batcher.clear()
    add(batcher, 'b', 99)
    expect(batches).toEqual([])
    jest.advanceTimersByTime(10)
    expect(batches).toEqual(['b'])
  })
})
