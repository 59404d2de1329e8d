import { describe, expect, test } from '@jest/globals'
import { bucketOf, MINUTE, SECOND } from '@stacktach/domain'
import { binsOf, countMarks, marksWithin, placeOf } from './bins.ts'

const bucket = (number: number, count: number) => ({ ...bucketOf(number), count })

describe('bins', () => {
  test('without more buckets than bars each bucket is a bar, also an empty one', () => {
    expect(binsOf([bucket(100, 3), bucket(102, 4)], 3)).toEqual([bucket(100, 3), bucket(101, 0), bucket(102, 4)])
  })

  test('neighboring buckets are joined, and the counts stay', () => {
    const bins = binsOf([bucket(100, 3), bucket(101, 1), bucket(104, 4)], 3)
    expect(bins).toEqual([
      { from: bucketOf(100).from, until: bucketOf(101).until, count: 4 },
      { from: bucketOf(102).from, until: bucketOf(103).until, count: 0 },
      { from: bucketOf(104).from, until: bucketOf(105).until, count: 4 },
    ])
  })

  test('the first and the last possible bucket', () => {
    const bins = binsOf([bucket(0, 1), bucket(513, 1)], 60)
    expect(bins.length).toBeLessThanOrEqual(60)
    expect(bins[0]?.from).toBe(0)
    expect(bins.at(-1)?.until).toBe(Number.POSITIVE_INFINITY)
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(2)
  })

  test('nothing has no bars', () => {
    expect(binsOf([], 60)).toEqual([])
  })
})

test('a place on the scale is logarithmic and within it', () => {
  const scale = { from: SECOND, until: 100 * SECOND }
  expect(placeOf(SECOND, scale)).toBe(0)
  expect(placeOf(10 * SECOND, scale)).toBeCloseTo(0.5)
  expect(placeOf(1000 * SECOND, scale)).toBe(1)
  expect(placeOf(0, scale)).toBe(0)
  expect(placeOf(5, { from: 0, until: 0 })).toBe(0)
})

test('marks are round durations with a distance', () => {
  expect(marksWithin({ from: SECOND, until: 2 * MINUTE }, 0.1)).toEqual([
    SECOND,
    2 * SECOND,
    5 * SECOND,
    10 * SECOND,
    20 * SECOND,
    MINUTE,
    2 * MINUTE,
  ])
  expect(marksWithin({ from: SECOND, until: 2 * MINUTE }, 0.5)).toEqual([SECOND, 20 * SECOND])
})

test.each([
  [0, [0, 1]],
  [1, [0, 1]],
  [3, [0, 1, 2, 3]],
  [7, [0, 2, 4, 6, 8]],
  [1234, [0, 500, 1000, 1500]],
])('the marks of counts up to %d', (largest, marks) => {
  expect(countMarks(largest)).toEqual(marks)
})
