import { expect, test } from '@jest/globals'
import { HOUR, SECOND } from '../time/instant.ts'
import { retryDelay } from './retryDelay.ts'

test('the delay doubles with each failed attempt', () => {
  expect([1, 2, 3, 4].map((attempts) => retryDelay(attempts, 0) / SECOND)).toEqual([2.5, 5, 10, 20])
})

test('half of the delay is random', () => {
  expect(retryDelay(1, 0.5)).toBe(3.75 * SECOND)
  expect(retryDelay(1, 0.999_999)).toBeLessThanOrEqual(5 * SECOND)
})

test('it is at most an hour, after any number of attempts', () => {
  for (const attempts of [11, 100, 1_000_000]) {
    expect(retryDelay(attempts, 0)).toBe(HOUR / 2)
    expect(retryDelay(attempts, 0.999_999_999_999)).toBeLessThanOrEqual(HOUR)
  }
})
