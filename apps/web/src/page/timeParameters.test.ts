import { expect, test } from '@jest/globals'
import { DAY, HOUR, parseInstant } from '@stacktach/domain'
import { z } from 'zod'
import { chosenPeriod, fieldTime, isoTime, periodParameters } from './timeParameters.ts'

const noon = parseInstant('2026-11-20 12:00:00') ?? Number.NaN

test.each([
  ['2026-11-20T12:00', 0],
  ['2026-11-20T12:00Z', null],
  ['2026-11-20T12:00:00', 0],
  ['2026-11-20T12:00:00.000001Z', 1],
  ['2026-11-20T14:00:00+02:00', 0],
  ['2026-11-20', null],
  ['noon', null],
])('the time %s', (text, difference) => {
  const parsed = isoTime.safeParse(text)
  expect(parsed.success ? parsed.data - noon : null).toBe(difference)
})

test('an invalid time is reported with the name of its parameter', () => {
  const parsed = z.object(periodParameters).safeParse({ from: 'noon' })
  expect(parsed.error?.issues.map(({ message }) => message)).toEqual([
    'from must be a time in UTC such as 2026-11-20T12:00, not noon',
  ])
})

test('a field shows the minute', () => {
  expect(fieldTime(noon + 59_999_999)).toBe('2026-11-20T12:00')
})

test('a period is recent, or has the given ends', () => {
  expect(chosenPeriod({}, noon)).toEqual({ recent: '24h', from: noon - DAY, until: noon })
  expect(chosenPeriod({ period: '1h' }, noon)).toEqual({ recent: '1h', from: noon - HOUR, until: noon })
  expect(chosenPeriod({ from: noon - 5 }, noon)).toEqual({ recent: null, from: noon - 5, until: noon })
  expect(chosenPeriod({ period: '7d', until: noon - 5 }, noon)).toEqual({
    recent: null,
    from: noon - 5 - DAY,
    until: noon - 5,
  })
})

test('an empty or very long period is refused', () => {
  expect(() => chosenPeriod({ from: noon, until: noon }, noon)).toThrow('from must be before until')
  expect(() => chosenPeriod({ from: noon - 92 * DAY - 1, until: noon }, noon)).toThrow('longer than 92 days')
  expect(chosenPeriod({ from: noon - 92 * DAY, until: noon }, noon)).toMatchObject({ recent: null })
})
