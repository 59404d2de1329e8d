import { describe, expect, test } from '@jest/globals'
import { DAY, HOUR, MINUTE, SECOND } from '@stacktach/domain'
import fc from 'fast-check'
import { type Activity, makeScale } from './scale.ts'

const START = Date.parse('2026-11-20T12:00:00Z') * 1000
const from = (offset: number, length: number | null): Activity => ({
  from: START + offset,
  until: length === null ? null : START + offset + length,
})

describe('pauses', () => {
  test('an instance that acts for seconds and lives for a year', () => {
    const scale = makeScale([from(0, 20 * SECOND), from(365 * DAY, 5 * SECOND)])
    expect(scale.pauses).toMatchObject([{ from: START + 20 * SECOND, until: START + 365 * DAY, width: 9 }])
    // The short activity is visible, too.
    expect(scale.x(START + 365 * DAY + 5 * SECOND) - scale.x(START + 365 * DAY)).toBeGreaterThan(20)
  })

  test('several pauses, each longer than the activity beside it', () => {
    const scale = makeScale([from(0, 10 * SECOND), from(5 * MINUTE, 20 * SECOND), from(2 * HOUR, 15 * SECOND)])
    expect(scale.pauses.map(({ until, from }) => until - from)).toEqual([
      5 * MINUTE - 10 * SECOND,
      2 * HOUR - 5 * MINUTE - 20 * SECOND,
    ])
  })

  test.each([
    ['activity without gaps', [from(0, MINUTE), from(MINUTE, MINUTE)]],
    ['gaps as long as the activity', [from(0, MINUTE), from(2 * MINUTE, MINUTE), from(4 * MINUTE, MINUTE)]],
    ['a gap of seconds', [from(0, 1_000), from(9 * SECOND, 1_000)]],
    ['a long activity beside short ones', [from(0, SECOND), from(SECOND, HOUR), from(HOUR + SECOND, SECOND)]],
  ])('%s: none', (_, activities) => {
    expect(makeScale(activities).pauses).toEqual([])
  })

  test('an activity without an end does not prevent a pause', () => {
    const scale = makeScale([from(0, null), from(SECOND, 2 * SECOND), from(3 * DAY, SECOND)])
    expect(scale.pauses).toHaveLength(1)
  })

  test('many pauses leave room for the activity', () => {
    const scale = makeScale(Array.from({ length: 40 }, (_, day) => from(day * DAY, SECOND)))
    expect(scale.pauses).toHaveLength(39)
    expect(scale.pauses.reduce((sum, { width }) => sum + width, 0)).toBeCloseTo(56)
  })
})

describe('ticks', () => {
  test('are at the start and at round times, and show the date once', () => {
    const { ticks } = makeScale([from(0, MINUTE)])
    expect(ticks.map(({ at }) => (at - START) / SECOND)).toEqual([0, 10, 20, 30, 40, 50])
    expect(ticks.map(({ isNewDay }) => isNewDay)).toEqual([true, false, false, false, false, false])
  })

  test('show the date again after a pause of days', () => {
    const { ticks } = makeScale([from(0, SECOND), from(3 * DAY, SECOND)])
    expect(ticks.filter(({ isNewDay }) => isNewDay)).toHaveLength(2)
  })
})

test('instants between pauses have places and labels', () => {
  const scale = makeScale([from(0, null), from(DAY, null), from(3 * DAY, null)])
  expect(scale.pauses).toHaveLength(2)
  expect(scale.ticks.map(({ at }) => (at - START) / DAY)).toEqual([0, 1, 3])
})

test('without activity there is nothing to draw', () => {
  expect(makeScale([])).toMatchObject({ from: 0, until: 0, pauses: [], ticks: [] })
})

test('one instant has a place', () => {
  const scale = makeScale([from(0, null)])
  expect(scale.x(START)).toBe(1)
  expect(scale.ticks).toMatchObject([{ at: START }])
})

test('later is never further left, and everything is within the width', () => {
  const activity = fc
    .tuple(fc.nat(2 * DAY), fc.option(fc.nat(2 * HOUR)), fc.nat(400))
    .map(([offset, length, days]) => from(offset + days * DAY, length))
  fc.assert(
    fc.property(fc.array(activity, { minLength: 1, maxLength: 12 }), (activities) => {
      const scale = makeScale(activities)
      const points = activities.flatMap(({ from, until }) => [from, until ?? from]).sort((a, b) => a - b)
      const places = points.map(scale.x)
      expect(places).toEqual([...places].sort((a, b) => a - b))
      expect(places[0]).toBeGreaterThanOrEqual(1)
      expect(places.at(-1)).toBeLessThanOrEqual(99.000001)
      const { ticks } = scale
      for (const [index, tick] of ticks.slice(1).entries()) {
        expect(tick.x - (ticks[index]?.x ?? 0)).toBeGreaterThanOrEqual(11)
      }
    }),
  )
})
