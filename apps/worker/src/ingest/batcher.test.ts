import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import { Batcher, type BatchLimits } from './batcher.ts'

const limits: BatchLimits = { count: 3, bytes: 100, linger: 10 }

beforeEach(() => {
  jest.useFakeTimers()
})

afterEach(() => {
  jest.useRealTimers()
})

/** A batcher whose batches are noted, and in hand until they are let go, the first first. */
function gather(given: Partial<BatchLimits> = {}) {
  const batches: string[] = []
  const inHand: (() => void)[] = []
  const batcher = new Batcher<string>({ ...limits, ...given }, (batch) => {
    batches.push(batch.join(''))
    return new Promise((resolve) => inHand.push(resolve))
  })
  return {
    batcher,
    batches,
    /** Ends the first batch in hand, and lets what follows from that happen. */
    async letGo(): Promise<void> {
      inHand.shift()?.()
      await jest.advanceTimersByTimeAsync(0)
    },
  }
}

function add(batcher: Batcher<string>, items: string, size = 1): void {
  for (const item of items) batcher.add(item, size)
}

describe('a batch ends', () => {
  test('by count', () => {
    const { batcher, batches } = gather()
    add(batcher, 'ab')
    expect(batches).toEqual([])
    add(batcher, 'c')
    expect(batches).toEqual(['abc'])
  })

  test('by bytes, before the item that would pass them', () => {
    const { batcher, batches } = gather({ count: 100 })
    add(batcher, 'abc', 40)
    expect(batches).toEqual(['ab'])
    jest.advanceTimersByTime(10)
    expect(batches).toEqual(['ab', 'c'])
  })

  test('by bytes, with an item that reaches them exactly', () => {
    const { batcher, batches } = gather({ count: 100 })
    add(batcher, 'ab', 50)
    expect(batches).toEqual(['ab'])
  })

  test('at once when one item alone is too many bytes', () => {
    const { batcher, batches } = gather()
    add(batcher, 'a', 5000)
    expect(batches).toEqual(['a'])
  })

  test('by lingering, counted from its first item', () => {
    const { batcher, batches } = gather()
    add(batcher, 'a')
    jest.advanceTimersByTime(9)
    add(batcher, 'b')
    expect(batches).toEqual([])
    jest.advanceTimersByTime(1)
    expect(batches).toEqual(['ab'])
  })

  test('and the next one lingers on its own', async () => {
    const { batcher, batches, letGo } = gather()
    add(batcher, 'abc')
    await letGo()
    jest.advanceTimersByTime(100)
    add(batcher, 'd')
    jest.advanceTimersByTime(9)
    expect(batches).toEqual(['abc'])
    jest.advanceTimersByTime(1)
    expect(batches).toEqual(['abc', 'd'])
  })

  test('never with nothing in it', () => {
    const { batches } = gather()
    jest.advanceTimersByTime(1000)
    expect(batches).toEqual([])
  })
})

describe('two batches are in hand at a time', () => {
  test('while the next one gathers, which follows at once when it is due', async () => {
    const { batcher, batches, letGo } = gather()
    add(batcher, 'abcdefgh')
    jest.advanceTimersByTime(1000)
    expect(batches).toEqual(['abc', 'def'])
    await letGo()
    expect(batches).toEqual(['abc', 'def', 'gh'])
  })

  test('and goes on gathering when it is not', async () => {
    const { batcher, batches, letGo } = gather()
    add(batcher, 'abcdef')
    jest.advanceTimersByTime(5)
    add(batcher, 'g')
    await letGo()
    expect(batches).toEqual(['abc', 'def'])
    jest.advanceTimersByTime(10)
    expect(batches).toEqual(['abc', 'def', 'g'])
  })

  test('what gathered is cut to size, in order', async () => {
    const { batcher, batches, letGo } = gather()
    add(batcher, 'abcdefghijklm')
    expect(batches).toEqual(['abc', 'def'])
    jest.advanceTimersByTime(10)
    await letGo()
    await letGo()
    expect(batches).toEqual(['abc', 'def', 'ghi', 'jkl'])
    await letGo()
    jest.advanceTimersByTime(10)
    expect(batches).toEqual(['abc', 'def', 'ghi', 'jkl', 'm'])
  })
})

describe('finish', () => {
  test('flushes what there is without lingering, and waits for all of it', async () => {
    const { batcher, batches, letGo } = gather()
    add(batcher, 'abcdefg')
    let finished = false
    const finish = batcher.finish().then(() => {
      finished = true
    })
    await letGo()
    expect(batches).toEqual(['abc', 'def', 'g'])
    await letGo()
    expect(finished).toBe(false)
    await letGo()
    await finish
    expect(finished).toBe(true)
  })

  test('waits for a batch in hand, with nothing gathered', async () => {
    const { batcher, letGo } = gather()
    add(batcher, 'abc')
    const finish = batcher.finish()
    await letGo()
    await finish
  })

  test('of nothing is over at once, and no timer is left', async () => {
    const { batcher } = gather()
    await batcher.finish()
    add(batcher, 'a')
    batcher.clear()
    expect(jest.getTimerCount()).toBe(0)
  })
})

describe('clear', () => {
  test('forgets what has gathered, and not what is in hand', async () => {
    const { batcher, batches, letGo } = gather()
    add(batcher, 'abcdefghi')
    batcher.clear()
    await letGo()
    await letGo()
    jest.advanceTimersByTime(1000)
    await batcher.finish()
    expect(batches).toEqual(['abc', 'def'])
  })

  test('forgets their bytes too, and what comes after is gathered afresh', () => {
    const { batcher, batches } = gather({ count: 100 })
    add(batcher, 'a', 99)
    batcher.clear()
    add(batcher, 'b', 99)
    expect(batches).toEqual([])
    jest.advanceTimersByTime(10)
    expect(batches).toEqual(['b'])
  })
})
