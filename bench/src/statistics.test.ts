import { describe, expect, test } from '@jest/globals'
import { quantile, ratios, spreadOf } from './statistics.ts'

describe('a quantile', () => {
  test.each([
    [[7], 0.99, 7],
    [[3, 1, 2], 0.5, 2],
    [[4, 1, 3, 2], 0.5, 2.5],
    [[1, 2, 3, 4, 5], 0.25, 2],
    [[10, 20], 0.99, 19.9],
  ])('of %j at %d is %d', (values, share, expected) => {
    expect(quantile(values, share)).toBeCloseTo(expected)
  })

  test('of no values throws', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError)
  })
})

test('a spread sorts numerically and does not change its input', () => {
  const values = [10, 9, 100]
  expect(spreadOf(values)).toEqual({ median: 10, min: 9, max: 100 })
  expect(values).toEqual([10, 9, 100])
})

test('ratios are calculated for each round', () => {
  expect(ratios([10, 30], [20, 40])).toEqual([0.5, 0.75])
  expect(ratios([1, 2], [4])).toEqual([0.25, Number.NaN])
})
