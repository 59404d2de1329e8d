import { describe, expect, test } from '@jest/globals'
import { formatInstant, type Instant, parseInstant, SECOND } from './instant.ts'
import { ALL_TIME, completePeriods, type PeriodLength, periodHolding, type TimePeriod, untilAfter } from './period.ts'

const at = (text: string): Instant => parseInstant(text) ?? Number.NaN
const format = ({ from: start, until: end }: TimePeriod) => `${formatInstant(start)} – ${formatInstant(end)}`

describe('the period that contains an instant', () => {
  test.each<[PeriodLength, string]>([
    ['hour', '2026-11-26 13:00:00 – 2026-11-26 14:00:00'],
    ['day', '2026-11-26 00:00:00 – 2026-11-27 00:00:00'],
    ['week', '2026-11-23 00:00:00 – 2026-11-30 00:00:00'],
    ['month', '2026-11-01 00:00:00 – 2026-12-01 00:00:00'],
  ])('with the length of a %s', (length, expected) => {
    expect(format(periodHolding(at('2026-11-26 13:59:59.999999'), length))).toBe(expected)
  })

  test.each<[PeriodLength, string]>([
    ['week', '2026-11-23 00:00:00'],
    ['month', '2026-11-01 00:00:00'],
    ['day', '2026-11-23 00:00:00'],
  ])('contains its start (%s), but not the microsecond before', (length, start) => {
    expect(formatInstant(periodHolding(at(start), length).from)).toBe(start)
    expect(periodHolding(at(start) - 1, length).until).toBe(at(start))
  })

  test('supports the end of a year and leap years', () => {
    expect(format(periodHolding(at('2026-12-31 23:00:00'), 'month'))).toBe('2026-12-01 00:00:00 – 2027-01-01 00:00:00')
    expect(format(periodHolding(at('2028-02-29 12:00:00'), 'month'))).toBe('2028-02-01 00:00:00 – 2028-03-01 00:00:00')
  })
})

describe('complete periods', () => {
  test('are those that ended after `since`, oldest first, without the one in progress', () => {
    expect(completePeriods(at('2026-11-26 02:30:00'), 'hour', at('2026-11-26 00:30:00')).map(format)).toEqual([
      '2026-11-26 00:00:00 – 2026-11-26 01:00:00',
      '2026-11-26 01:00:00 – 2026-11-26 02:00:00',
    ])
  })

  test('include a period that ends now', () => {
    expect(completePeriods(at('2026-11-26 00:00:00'), 'day', at('2026-11-25 12:00:00')).map(format)).toEqual([
      '2026-11-25 00:00:00 – 2026-11-26 00:00:00',
    ])
  })

  test('include the most recent one, even if it ended before `since`', () => {
    expect(completePeriods(at('2026-11-26 00:00:00'), 'month', at('2026-11-20 00:00:00')).map(format)).toEqual([
      '2026-10-01 00:00:00 – 2026-11-01 00:00:00',
    ])
  })
})

test.each([
  ['2026-11-20 11:59:59.999999', 1],
  ['0001-01-01 00:00:00', SECOND],
  ['9999-12-31 23:59:59.999999', SECOND],
])('the end of a period whose last instant is %s is %d microseconds later', (text, distance) => {
  const last = at(text)
  expect(untilAfter(last) - last).toBe(distance)
  expect(last >= ALL_TIME.from && untilAfter(last) <= ALL_TIME.until).toBe(true)
})
