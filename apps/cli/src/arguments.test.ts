import { describe, expect, test } from '@jest/globals'
import { formatInstant } from '@stacktach/domain'
import { integerArgument, limitArgument, rowIdArgument, rowIdsArgument, timeArgument } from './arguments.ts'

describe('times', () => {
  test.each([
    ['2026-11-20', '2026-11-20 00:00:00'],
    ['2026-11-20 13:00:00', '2026-11-20 13:00:00'],
    ['2026-11-20T13:00:00.5', '2026-11-20 13:00:00.500000'],
  ])('%j is %s UTC', (value, time) => {
    expect(formatInstant(timeArgument(value))).toBe(time)
  })

  test.each(['', 'yesterday', '2026-02-30', '2026-11-20T25:00:00'])('%j is not a time', (value) => {
    expect(() => timeArgument(value)).toThrow('for example 2026-11-20')
  })
})

describe('numbers', () => {
  test('a limit is a whole number or all', () => {
    expect(limitArgument('1')).toBe(1)
    expect(limitArgument('all')).toBe(Number.POSITIVE_INFINITY)
    for (const value of ['0', '-1', '1.5', 'none', '']) expect(() => limitArgument(value)).toThrow('or all')
  })

  test.each(['', '0', '101', '1.5', '-1', 'x', '1e1'])('%j is not a whole number from 1 to 100', (value) => {
    expect(() => integerArgument(1, 100)(value)).toThrow('from 1 to 100')
  })

  test('both ends of a range of whole numbers are allowed', () => {
    expect([integerArgument(0, 23)('0'), integerArgument(0, 23)('23')]).toEqual([0, 23])
  })

  test('row ids are collected without duplicates', () => {
    expect(rowIdArgument('7')).toBe(7)
    expect(['3', '7', '3'].reduce<number[]>((ids, value) => rowIdsArgument(value, ids), [])).toEqual([3, 7])
    expect(rowIdsArgument('3', undefined)).toEqual([3])
    for (const value of ['0', 'x', '1234567890123456']) expect(() => rowIdArgument(value)).toThrow('the list command')
  })
})
