import { expect, test } from '@jest/globals'
import { formatDuration, formatWholeSeconds } from './duration.ts'
import { DAY, HOUR, MINUTE, SECOND } from './instant.ts'

test.each([
  [0, '0d 00:00:00.00'],
  [9_999, '0d 00:00:00.00'],
  [10_000, '0d 00:00:00.01'],
  [999_999, '0d 00:00:00.99'],
  [14 * MINUTE + 11 * SECOND + 719_999, '0d 00:14:11.71'],
  [59 * SECOND + 995_000, '0d 00:00:59.99'],
  [HOUR, '0d 01:00:00.00'],
  [DAY - 1, '0d 23:59:59.99'],
  [DAY, '1d 00:00:00.00'],
  [400 * DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND, '400d 02:03:04.00'],
])('%d microseconds are %s, with a truncated fraction', (duration, text) => {
  expect(formatDuration(duration)).toBe(text)
  expect(formatWholeSeconds(duration)).toBe(text.slice(0, -3))
})

test('a negative duration, from hosts whose clocks differ, begins with a minus sign', () => {
  expect(formatDuration(-(14 * MINUTE + 11 * SECOND + 719_999))).toBe('-0d 00:14:11.71')
  expect(formatDuration(-DAY - SECOND)).toBe('-1d 00:00:01.00')
  expect(formatWholeSeconds(-61 * SECOND)).toBe('-0d 00:01:01')
})
