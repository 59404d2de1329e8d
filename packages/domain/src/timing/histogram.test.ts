import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { DAY, SECOND } from '../time/instant.ts'
import { bucketBounds, bucketNumber, bucketOf, percentileOf } from './histogram.ts'

const duration = fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 100 * DAY }))

test('every duration is in the bucket of its number', () => {
  fc.assert(
    fc.property(fc.oneof(duration, fc.constantFrom(...bucketBounds)), (value) => {
      const { from, until } = bucketOf(bucketNumber(value))
      expect(from).toBeLessThanOrEqual(value)
      expect(until).toBeGreaterThan(value)
    }),
  )
})

test('a bucket above a millisecond is at most 4.6 % wide', () => {
  expect(bucketOf(0)).toEqual({ from: 0, until: 1_000 })
  bucketBounds.slice(1).forEach((bound, index) => {
    const before = bucketBounds[index] ?? 0
    expect(bound).toBeGreaterThan(before)
    expect(bound / before).toBeLessThan(1.046)
  })
  expect(bucketOf(bucketBounds.length).until).toBe(Number.POSITIVE_INFINITY)
  expect(bucketBounds.at(-1)).toBeGreaterThan(49 * DAY)
})

describe('a percentile', () => {
  const counted = (durations: readonly number[]) => {
    const counts = new Map<number, number>()
    for (const each of durations) counts.set(bucketNumber(each), (counts.get(bucketNumber(each)) ?? 0) + 1)
    return [...counts].map(([bucket, count]) => ({ bucket, count })).sort((a, b) => a.bucket - b.bucket)
  }

  test('is less than 4.6 % above the exact one, and never below it', () => {
    fc.assert(
      fc.property(fc.array(duration, { minLength: 1, maxLength: 200 }), fc.constantFrom(50, 95, 99), (all, percent) => {
        const sorted = all.toSorted((a, b) => a - b)
        const max = sorted.at(-1) ?? 0
        const exact = sorted[Math.max(1, Math.ceil((sorted.length * percent) / 100)) - 1] ?? 0
        const percentile = percentileOf(counted(all), percent, max)
        expect(percentile).toBeGreaterThanOrEqual(exact)
        if (exact >= 1_000 && exact < 49 * DAY) expect(percentile / exact).toBeLessThan(1.046)
        expect(percentile).toBeLessThanOrEqual(max)
      }),
    )
  })

  test('of one duration is that duration', () => {
    expect(percentileOf(counted([7 * SECOND]), 50, 7 * SECOND)).toBe(7 * SECOND)
  })
})
