import { expect, test } from '@jest/globals'
import { reportDay, reportTime, toUnixTime } from './times.ts'

test.each([
  ['2026-11-20', '1795132800'],
  ['2026-11-20 13:14', '1795180440'],
  ['2026-11-20 13:14:15', '1795180455'],
  ['2026-11-20T13:14:15Z', '1795180455'],
  // A Date would lose the last digit.
  ['2026-11-20 13:14:15.000001', '1795180455.000001'],
  ['1795180455.5', '1795180455.5'],
  ['0', '0'],
])('%s is unix time %s', (text, seconds) => {
  expect(toUnixTime(text)).toBe(seconds)
})

test.each(['', 'today', '2026-02-30', '2026-13-01', '2026-11-20 25:00', '2026-11-20 13:14:75', '13:14', '-5', '1e9'])(
  '%j is not a time',
  (text) => {
    expect(toUnixTime(text)).toBeNull()
  },
)

test('formats times of reports as Stacky does', () => {
  expect(reportTime(1_795_132_800)).toBe('Nov 20 00:00')
  expect(reportTime(1_772_355_845.5)).toBe('Mar 01 09:04')
  expect(reportDay(1_795_132_800)).toBe('Fri Nov 20')
})
