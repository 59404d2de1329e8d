import { expect, test } from '@jest/globals'
import { shortTime, unixTime, weekday } from './times.ts'

test.each([
  ['2026-11-20', '1795132800'],
  ['2026-11-20 13:14', '1795180440'],
  ['2026-11-20 13:14:15', '1795180455'],
  ['2026-11-20T13:14:15Z', '1795180455'],
  // The last digit would be lost in a Date.
  ['2026-11-20 13:14:15.000001', '1795180455.000001'],
  ['1795180455.5', '1795180455.5'],
  ['0', '0'],
])('%s is %s', (text, seconds) => {
  expect(unixTime(text)).toBe(seconds)
})

test.each(['', 'today', '2026-02-30', '2026-13-01', '2026-11-20 25:00', '2026-11-20 13:14:75', '13:14', '-5', '1e9'])(
  '%j is no time',
  (text) => {
    expect(unixTime(text)).toBeNull()
  },
)

test("times of reports have Stacky's forms", () => {
  expect(shortTime(1_795_132_800)).toBe('Nov 20 00:00')
  expect(shortTime(1_772_355_845.5)).toBe('Mar 01 09:04')
  expect(weekday(1_795_132_800)).toBe('Fri Nov 20')
})
