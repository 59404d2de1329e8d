import { describe, expect, test } from '@jest/globals'
import {
  parseReportRange,
  parseSearchArguments,
  parseServiceAndValue,
  parseTimeArgument,
  parseWatchArguments,
} from './arguments.ts'
import { CommandUsageError } from './requestErrors.ts'

const words = (line: string) => line.split(' ').filter((word) => word !== '')
const usageError = (parse: (words: readonly string[]) => unknown, line: string) => {
  try {
    parse(words(line))
  } catch (error) {
    if (error instanceof CommandUsageError) return error.message
  }
  throw new Error(`${line} is accepted`)
}

describe('show and uuid: [service] <value>', () => {
  const show = (line: readonly string[]) => parseServiceAndValue(line, 'id')

  test('with and without a service', () => {
    expect(show(['7'])).toEqual({ service: undefined, value: '7' })
    expect(show(['glance', '7'])).toEqual({ service: 'glance', value: '7' })
  })

  test('rejects too few and too many words', () => {
    expect(usageError(show, 'nova')).toBe('missing id')
    expect(usageError(show, '7 8')).toBe('too many arguments, from "8" on')
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
    expect(parseWatchArguments(words(line))).toEqual(expected)
  })

  test('an empty event means every event', () => {
    expect(parseWatchArguments(['0', '', '5'])).toEqual({ ...all, seconds: 5 })
  })

  test.each([
    ['east', /^the deployment must be a number from `stacky deployments`, 0 or all, not "east"$/],
    ['0 compute.instance.update soon', /^the seconds must be a whole number/],
    ['0 compute.instance.update 0', /^the seconds must be a whole number/],
    ['0 nova e 5 6', /^too many arguments, from "6" on/],
  ])('rejects %s', (line, message) => {
    expect(usageError(parseWatchArguments, line)).toMatch(message)
  })
})

describe('search: [service] <field> <value> [limit] [from] [to]', () => {
  test('with the required words, and with all of them', () => {
    expect(parseSearchArguments(['event', 'compute.instance.update'])).toEqual({
      field: 'event',
      value: 'compute.instance.update',
    })
    expect(parseSearchArguments(['nova', 'tenant', 't', '20', '2026-11-20 00:00:00', '2026-11-21 00:00:00'])).toEqual({
      service: 'nova',
      field: 'tenant',
      value: 't',
      limit: '20',
      from: '1795132800',
      to: '1795219200',
    })
  })

  test("accepts StackTach's column name deployment_id", () => {
    expect(parseSearchArguments(['generic', 'deployment_id', '1'])).toMatchObject({ field: 'deployment', value: '1' })
  })

  test.each([
    ['nova', 'missing field'],
    ['glance uuid', 'missing value of uuid'],
    ['a b 5 yesterday', expect.stringContaining('"yesterday" is not a time')],
    ['a b 5 2026-11-20 2026-11-21 x', 'too many arguments, from "x" on'],
  ])('rejects %s', (line, message) => {
    expect(usageError(parseSearchArguments, line)).toEqual(message)
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
    expect(parseReportRange(words(line), now)).toEqual({ from, to })
  })

  test('rejects a fifth word', () => {
    expect(usageError((line) => parseReportRange(line, now), 'a b c d e')).toBe('too many arguments, from "e" on')
  })
})

test('rejects a date that does not exist', () => {
  expect(() => parseTimeArgument('2026-02-30')).toThrow(CommandUsageError)
})
