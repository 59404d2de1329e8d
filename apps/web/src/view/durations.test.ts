import { expect, test } from '@jest/globals'
import { DAY, HOUR, MINUTE, SECOND } from '@stacktach/domain'
import { relativeTime, shortDuration } from './durations.ts'

test.each([
  [0, '0 µs'],
  [420, '420 µs'],
  [1_500, '1.50 ms'],
  [999_499, '999 ms'],
  [999_500, '1.00 s'],
  [1_240_000, '1.24 s'],
  [12_345_000, '12.3 s'],
  [59.94 * SECOND, '59.9 s'],
  [59.96 * SECOND, '1 min'],
  [2 * MINUTE + 3 * SECOND, '2 min 03 s'],
  [HOUR - 1, '1 h'],
  [3 * HOUR + 12 * MINUTE, '3 h 12 min'],
  [DAY - 1, '1 d'],
  [41 * DAY + 4 * HOUR, '41 d 04 h'],
  [-1_500_000, '−1.50 s'],
])('%d is %s', (duration, text) => {
  expect(shortDuration(duration)).toBe(text)
})

test.each([
  [-10, 'now'],
  [-3 * MINUTE, '3 min ago'],
  [-25 * HOUR, '25 h ago'],
  [-9 * DAY, '9 d ago'],
  [2 * HOUR, 'in 2 h'],
])('%d from now is %s', (difference, text) => {
  expect(relativeTime(difference)).toBe(text)
})
