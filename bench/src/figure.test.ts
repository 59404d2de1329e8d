import { expect, test } from '@jest/globals'
import { figure, reachesGoal } from './figure.ts'

const measured = { section: 's', name: 'n', unit: 'rows/s', meaning: 'm' }

test('a ratio is the median of the ratios of the rounds, not the ratio of the medians', () => {
  const result = figure({ ...measured, values: [10, 20, 90], against: { to: 'limit', values: [10, 40, 100] } })
  expect(result.value).toEqual({ median: 20, min: 10, max: 90 })
  expect(result.ratio).toEqual({ to: 'limit', median: 0.9, min: 0.5, max: 1 })
  expect(result.rounds).toBe(3)
})

test.each([
  [{ atLeast: 0.8 }, [80], true],
  [{ atLeast: 0.8 }, [79], false],
  [{ atMost: 1.2 }, [120], true],
  [{ atMost: 1.2 }, [121], false],
])('goal %j with %j of 100', (goal, values, expected) => {
  expect(reachesGoal(figure({ ...measured, values, against: { to: 'limit', values: [100] }, goal }))).toBe(expected)
})

test('without a ratio the value is compared with the goal; without a goal the result is null', () => {
  expect(reachesGoal(figure({ ...measured, values: [9], goal: { atMost: 10 } }))).toBe(true)
  expect(reachesGoal(figure({ ...measured, values: [9] }))).toBeNull()
})
