import { expect, test } from '@jest/globals'
import { countIngested } from './ingestedCount.ts'

const batch = (startedAt: number, endedAt: number, received = 10) => ({ startedAt, endedAt, received })

test('without a warm-up, the time runs from the start of the first batch', () => {
  expect(countIngested([batch(100, 110), batch(110, 125)], 0)).toEqual({ count: 20, from: 100, until: 125 })
})

test('with a warm-up, the time runs from the end of its last batch, whose messages do not count', () => {
  const batches = [batch(100, 110), batch(110, 125), batch(125, 150)]
  expect(countIngested(batches, 11)).toEqual({ count: 10, from: 125, until: 150 })
})

test('batches of several channels are sorted by their end', () => {
  const batches = [batch(100, 140, 1), batch(100, 110, 5), batch(110, 120, 5)]
  expect(countIngested(batches, 5)).toEqual({ count: 6, from: 110, until: 140 })
})

test('if no batch follows the warm-up, everything counts', () => {
  expect(countIngested([batch(100, 110)], 10)).toEqual({ count: 10, from: 100, until: 110 })
})

test('throws if there is no batch', () => {
  expect(() => countIngested([], 0)).toThrow(RangeError)
})
