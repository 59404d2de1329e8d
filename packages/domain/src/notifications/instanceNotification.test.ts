import { expect, test } from '@jest/globals'
import { notice } from '../testkit/story.ts'
import { comparePositions, positionOf, sortByPosition } from './instanceNotification.ts'

test('notifications are folded in order of when, to the microsecond', () => {
  const late = notice('create.end', 2.000001)
  const early = notice('update', 2)
  expect(sortByPosition([late, early])).toEqual([early, late])
})

test('in the same microsecond starts come first and ends last, then events, then identities', () => {
  const start = notice('reboot.start', 5)
  const create = notice('create.error', 5)
  const first = notice('update', 5, { identity: 'a\tcloud' })
  const second = notice('update', 5, { identity: 'b\tcloud' })
  const deleted = notice('delete.end', 5)
  const rebuilt = notice('rebuild.end', 5)
  const order = [start, create, first, second, deleted, rebuilt]
  expect(sortByPosition([...order].reverse())).toEqual(order)
  expect(sortByPosition([second, rebuilt, start, deleted, first, create])).toEqual(order)
})

test('identities are compared code unit by code unit, not by a language', () => {
  const upper = notice('update', 5, { identity: 'B' })
  const lower = notice('update', 5, { identity: 'a' })
  expect(sortByPosition([lower, upper])).toEqual([upper, lower])
})

test('one that is given twice is folded once', () => {
  const [one, other] = [notice('update', 1), notice('update', 1)]
  expect(sortByPosition([other, one, other, one])).toEqual([one, other])
})

test('a position is the same for the same notification only', () => {
  const [one, other] = [notice('update', 1), notice('update', 1)]
  expect(comparePositions(positionOf(one), positionOf({ ...one }))).toBe(0)
  expect(comparePositions(positionOf(one), positionOf(other))).toBeLessThan(0)
  expect(comparePositions(positionOf(notice('update', 2)), positionOf(notice('create.start', 1)))).toBeGreaterThan(0)
})
