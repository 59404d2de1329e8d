import { expect, test } from '@jest/globals'
import { novaEvent } from '../testkit/story.ts'
import { comparePositions, positionOf, sortByPosition } from './instanceNotification.ts'

test('the fold order is by time, to the microsecond', () => {
  const late = novaEvent('create.end', 2.000001)
  const early = novaEvent('update', 2)
  expect(sortByPosition([late, early])).toEqual([early, late])
})

test('in the same microsecond: starts first, ends last, then by event, then by identity', () => {
  const start = novaEvent('reboot.start', 5)
  const create = novaEvent('create.error', 5)
  const first = novaEvent('update', 5, { identity: 'a\tcloud' })
  const second = novaEvent('update', 5, { identity: 'b\tcloud' })
  const deleted = novaEvent('delete.end', 5)
  const rebuilt = novaEvent('rebuild.end', 5)
  const order = [start, create, first, second, deleted, rebuilt]
  expect(sortByPosition([...order].reverse())).toEqual(order)
  expect(sortByPosition([second, rebuilt, start, deleted, first, create])).toEqual(order)
})

test('identities are compared by code unit, not by the rules of a language', () => {
  const upper = novaEvent('update', 5, { identity: 'B' })
  const lower = novaEvent('update', 5, { identity: 'a' })
  expect(sortByPosition([lower, upper])).toEqual([upper, lower])
})

test('duplicates are removed', () => {
  const [first, second] = [novaEvent('update', 1), novaEvent('update', 1)]
  expect(sortByPosition([second, first, second, first])).toEqual([first, second])
})

test('only equal notifications have equal positions', () => {
  const [first, second] = [novaEvent('update', 1), novaEvent('update', 1)]
  expect(comparePositions(positionOf(first), positionOf({ ...first }))).toBe(0)
  expect(comparePositions(positionOf(first), positionOf(second))).toBeLessThan(0)
  expect(
    comparePositions(positionOf(novaEvent('update', 2)), positionOf(novaEvent('create.start', 1))),
  ).toBeGreaterThan(0)
})
