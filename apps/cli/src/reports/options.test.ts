import { describe, expect, test } from '@jest/globals'
import { formatInstant } from '@stacktach/domain'
import { instant } from '../arguments.ts'
import { periodOf, wholeOption } from './options.ts'

function written(...asked: Parameters<typeof periodOf>): string {
  const period = periodOf(...asked)
  return typeof period === 'string' ? period : `${formatInstant(period.from)} ${formatInstant(period.until)}`
}

describe('the period of a report', () => {
  const at = instant('2026-11-20T13:30:00')

  test('is the day that holds the time, or what is asked for', () => {
    expect(written('error-details', { at })).toBe('2026-11-20 00:00:00 2026-11-21 00:00:00')
    expect(written('error-details', { at, period: 'hour' })).toBe('2026-11-20 13:00:00 2026-11-20 14:00:00')
  })

  test('of a region summary can be some hours of the day', () => {
    expect(written('region-summary', { at, hours: 6, startHour: 2 })).toBe('2026-11-20 02:00:00 2026-11-20 08:00:00')
    expect(written('region-summary', { at, hours: 48 })).toBe('2026-11-20 00:00:00 2026-11-22 00:00:00')
    expect(written('error-details', { at, hours: 6 })).toMatch('only region-summary')
    expect(written('region-summary', { at, hours: 6, period: 'day' })).toMatch('either')
  })
})

test.each(['', '0', '101', '1.5', '-1', 'x', '1e1'])('%j is no number from 1 to 100', (value) => {
  expect(() => wholeOption(1, 100)(value)).toThrow('from 1 to 100')
})

test.each(['yesterday', '2026-02-30', '2026-11-20T25:00:00'])('%j is no time', (value) => {
  expect(() => instant(value)).toThrow('such as 2026-11-20')
})
