import { describe, expect, test } from '@jest/globals'
import { UsageError } from './failure.ts'
import { oneOfService, reportsWords, searchWords, time, watchWords } from './words.ts'

const words = (line: string) => line.split(' ').filter((word) => word !== '')
const wrong = (parse: (words: readonly string[]) => unknown, line: string) => {
  try {
    parse(words(line))
  } catch (error) {
    if (error instanceof UsageError) return error.message
  }
  throw new Error(`${line} is taken`)
}

describe('show and uuid: [service] <what>', () => {
  const show = (given: readonly string[]) => oneOfService(given, 'id')

  test('with a service or without', () => {
    expect(show(['7'])).toEqual({ service: undefined, value: '7' })
    expect(show(['glance', '7'])).toEqual({ service: 'glance', value: '7' })
  })

  test('neither less nor more', () => {
    expect(wrong(show, 'nova')).toBe('missing id')
    expect(wrong(show, '7 8')).toBe('too many arguments, from "8" on')
  })
})

describe('watch: [deployment] [service] [event] [seconds]', () => {
  const all = { deployment: '0', service: undefined, event: undefined, seconds: 2 }

  test.each([
    ['', all],
    ['0', all],
    ['all', all],
    ['3', { ...all, deployment: '3' }],
    ['0 compute.instance.update', { ...all, event: 'compute.instance.update' }],
    ['0 compute.instance.update 5', { ...all, event: 'compute.instance.update', seconds: 5 }],
    ['all glance image.upload 10', { ...all, service: 'glance', event: 'image.upload', seconds: 10 }],
    ['2 nova 5', { ...all, deployment: '2', service: 'nova', seconds: 5 }],
  ])('%s', (line, expected) => {
    expect(watchWords(words(line))).toEqual(expected)
  })

  test('an empty event is every event', () => {
    expect(watchWords(['0', '', '5'])).toEqual({ ...all, seconds: 5 })
  })

  test.each([
    ['east', /^the deployment must be its number/],
    ['0 compute.instance.update soon', /^the seconds must be a whole number/],
    ['0 compute.instance.update 0', /^the seconds must be a whole number/],
    ['0 nova e 5 6', /^too many arguments, from "6" on/],
  ])('not %s', (line, message) => {
    expect(wrong(watchWords, line)).toMatch(message)
  })
})

describe('search: [service] <field> <value> [limit] [start] [end]', () => {
  test('as short as can be, and in full', () => {
    expect(searchWords(['event', 'compute.instance.update'])).toEqual({
      field: 'event',
      value: 'compute.instance.update',
    })
    expect(searchWords(['nova', 'tenant', 't', '20', '2026-11-20 00:00:00', '2026-11-21 00:00:00'])).toEqual({
      service: 'nova',
      field: 'tenant',
      value: 't',
      limit: '20',
      from: '1795132800',
      to: '1795219200',
    })
  })

  test("a deployment's id has the name of StackTach's column, too", () => {
    expect(searchWords(['generic', 'deployment_id', '1'])).toMatchObject({ field: 'deployment', value: '1' })
  })

  test.each([
    ['nova', 'missing field'],
    ['glance uuid', 'missing value of uuid'],
    ['a b 5 yesterday', expect.stringContaining('"yesterday" is no time')],
    ['a b 5 2026-11-20 2026-11-21 x', 'too many arguments, from "x" on'],
  ])('not %s', (line, message) => {
    expect(wrong(searchWords, line)).toEqual(message)
  })
})

describe('reports: [date] [time] [date] [time]', () => {
  const now = Date.parse('2026-11-25T13:14:15Z')

  test.each([
    ['', '2026-11-25 00:00:00', '2026-11-25 23:59:59'],
    ['2026-11-20', '2026-11-20 00:00:00', '2026-11-25 23:59:59'],
    ['2026-11-20 06:00 2026-11-21', '2026-11-20 06:00:00', '2026-11-21 23:59:59'],
    ['2013-02-28 00:00 2013-02-28 06:00', '2013-02-28 00:00:00', '2013-02-28 06:00:00'],
  ])('%s', (line, from, to) => {
    expect(reportsWords(words(line), now)).toEqual({ from, to })
  })

  test('no fifth', () => {
    expect(wrong((given) => reportsWords(given, now), 'a b c d e')).toBe('too many arguments, from "e" on')
  })
})

test('a time that is none is refused', () => {
  expect(() => time('2026-02-30')).toThrow(UsageError)
})
