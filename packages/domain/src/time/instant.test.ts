import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import {
  DAY,
  FIRST_INSTANT,
  floorTo,
  formatInstant,
  HOUR,
  LAST_INSTANT,
  MINUTE,
  parseInstant,
  parseUnixTime,
  SECOND,
} from './instant.ts'

/** 2026-11-23 20:05:38 UTC. */
const evening = 1_795_464_338 * SECOND

describe('parsing a time of a notification', () => {
  test.each([
    ['2026-11-23 20:05:38', 0],
    ['2026-11-23T20:05:38', 0],
    ['2026-11-23T20:05:38Z', 0],
    ['2026-11-23 20:05:38 UTC', 0],
    ['2026-11-23 20:05:38+00:00', 0],
    ['2026-11-23 20:05:38.513310', 513_310],
    ['2026-11-23T20:05:38.450164Z', 450_164],
    ['2026-11-23 20:05:38.5', 500_000],
    ['2026-11-23 20:05:38.000001', 1],
    ['2026-11-23 20:05:38.999999', 999_999],
    ['2026-11-23 20:05:38.999999999', 999_999],
    ['2026-11-23 22:05:38+02:00', 0],
    ['2026-11-23 22:05:38+02', 0],
    ['2026-11-24T01:35:38.25+0530', 250_000],
    ['2026-11-23T11:05:38-09:00', 0],
    ['2026-11-22 20:20:38-23:45', 0],
  ])('%s', (text, microseconds) => {
    expect(parseInstant(text)).toBe(evening + microseconds)
  })

  test('counts microseconds from 1970, negative before', () => {
    expect(parseInstant('1970-01-01 00:00:00')).toBe(0)
    expect(parseInstant('1969-12-31 23:59:59.999999')).toBe(-1)
    expect(parseInstant('1969-12-31 23:59:58.5')).toBe(-1_500_000)
  })

  test('supports leap years', () => {
    expect(parseInstant('2028-02-29 00:00:00')).toBe((parseInstant('2028-02-28 00:00:00') ?? 0) + DAY)
    expect(parseInstant('2000-02-29 00:00:00')).not.toBeNull()
    expect(parseInstant('2026-02-29 00:00:00')).toBeNull()
    expect(parseInstant('2100-02-29 00:00:00')).toBeNull()
  })

  test.each([
    ['the empty string, which is "not set"', ''],
    ['null', null],
    ['undefined', undefined],
    ['a number', 1_795_464_338],
    ['an object', { time: '2026-11-23 20:05:38' }],
    ['the 31st of February', '2026-02-31 00:00:00'],
    ['the 31st of April', '2026-04-31 00:00:00'],
    ['a month 13', '2026-13-01 00:00:00'],
    ['a month 0', '2026-00-10 00:00:00'],
    ['a day 0', '2026-01-00 00:00:00'],
    ['hour 24', '2026-11-23 24:00:00'],
    ['minute 60', '2026-11-23 20:60:00'],
    ['second 60', '2026-11-23 20:05:60'],
    ['year 0', '0000-01-01 00:00:00'],
    ['before the year 1, by its offset', '0001-01-01 00:00:00+00:01'],
    ['after the year 9999, by its offset', '9999-12-31 23:59:59-00:01'],
    ['a year of five digits', '99999-01-01 00:00:00'],
    ['a day alone', '2026-11-23'],
    ['a time without seconds', '2026-11-23 20:05'],
    ['a point without a fraction', '2026-11-23 20:05:38.'],
    ['a sign without an offset', '2026-11-23 20:05:38+'],
    ['a prefix', ' 2026-11-23 20:05:38'],
    ['an unknown zone', '2026-11-23 20:05:38 PST'],
  ])('returns null for %s', (_, value) => {
    expect(parseInstant(value)).toBeNull()
  })
})

describe('formatting a time', () => {
  test.each([
    [evening, '2026-11-23 20:05:38'],
    [evening + 513_310, '2026-11-23 20:05:38.513310'],
    [evening + 1, '2026-11-23 20:05:38.000001'],
    [evening + 500_000, '2026-11-23 20:05:38.500000'],
    [0, '1970-01-01 00:00:00'],
    [-1, '1969-12-31 23:59:59.999999'],
    [-SECOND, '1969-12-31 23:59:59'],
  ])('%d is %s', (instant, text) => {
    expect(formatInstant(instant)).toBe(text)
  })

  test.each(['9999-12-31 23:59:59', '2255-01-01 00:00:00.000001', '0001-01-01 00:00:00', '0099-02-28 12:00:00'])(
    '%s is parsed and formatted without a change',
    (text) => {
      expect(formatInstant(parseInstant(text) ?? Number.NaN)).toBe(text)
    },
  )

  test('a fraction does not exceed the first and last second', () => {
    expect(parseInstant('9999-12-31 23:59:59.999999')).toBe(LAST_INSTANT)
    expect(parseInstant('0001-01-01 00:00:00.999999')).toBe(FIRST_INSTANT)
  })

  test('a formatted time is parsed to the same microsecond', () => {
    const until2255 = fc.integer({ min: 0, max: 8_993_289_600 * SECOND })
    fc.assert(fc.property(until2255, (instant) => parseInstant(formatInstant(instant)) === instant))
  })
})

describe('unix time', () => {
  test.each([
    ['1795464338', evening],
    ['1795464338.513310', evening + 513_310],
    ['1795464338.5', evening + 500_000],
    ['1795464338.', evening],
    ['1795464338.0000019', evening + 1],
    [' 1795464338 ', evening],
    ['+1', SECOND],
    ['-1.5', -1_500_000],
    ['0', 0],
  ])('%j is parsed exactly to the microsecond', (text, instant) => {
    expect(parseUnixTime(text)).toBe(instant)
  })

  test.each(['', ' ', 'now', '1e9', '0x10', '1,5', '1.5.5', '--1', '1 2', 'NaN', 'Infinity', '123456789012'])(
    'returns null for %j',
    (text) => {
      expect(parseUnixTime(text)).toBeNull()
    },
  )
})

test('floorTo returns the start of the interval, also before 1970', () => {
  expect(floorTo(evening + 513_310, SECOND)).toBe(evening)
  expect(floorTo(evening, SECOND)).toBe(evening)
  expect(floorTo(evening, HOUR)).toBe(evening - 5 * MINUTE - 38 * SECOND)
  expect(floorTo(-1, SECOND)).toBe(-SECOND)
})
