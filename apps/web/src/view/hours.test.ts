import { expect, test } from '@jest/globals'
import { DAY, HOUR } from '@stacktach/domain'
import { everyHour, HOURLY_UNTIL } from './hours.ts'

const midnight = 20_000 * DAY

test('hours without a row are zero, and the hours at both ends are included', () => {
  const rows = [
    { hour: midnight, count: 3 },
    { hour: midnight + 2 * HOUR, count: 1 },
  ]
  expect(everyHour({ from: midnight + 1, until: midnight + 2 * HOUR + 1 }, rows)).toEqual([
    { from: midnight, step: HOUR, count: 3 },
    { from: midnight + HOUR, step: HOUR, count: 0 },
    { from: midnight + 2 * HOUR, step: HOUR, count: 1 },
  ])
})

test('a long period has a bar per day', () => {
  const rows = [
    { hour: midnight + HOUR, count: 3 },
    { hour: midnight + 5 * HOUR, count: 4 },
  ]
  const days = everyHour({ from: midnight, until: midnight + HOURLY_UNTIL + 1 }, rows)
  expect(days).toHaveLength(9)
  expect(days[0]).toEqual({ from: midnight, step: DAY, count: 7 })
})
