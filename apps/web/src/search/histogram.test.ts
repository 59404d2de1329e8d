import { describe, expect, test } from '@jest/globals'
import { DAY, HOUR, MINUTE } from '@stacktach/domain'
import { BAR_STEPS, histogramBars, MAX_BARS, stepText } from './histogram.ts'

const noon = 20_000 * DAY + 12 * HOUR

describe('the bars of a histogram', () => {
  test('cover the period, with empty ones and cut ends', () => {
    const period = { from: noon + 10 * MINUTE, until: noon + 2 * HOUR + MINUTE }
    const counts = [
      { from: noon, count: 3 },
      { from: noon + 2 * HOUR, count: 2 },
    ]
    expect(histogramBars({ period, isPartial: false, step: HOUR, counts }, [{ from: noon, count: 5 }])).toEqual([
      { from: noon + 10 * MINUTE, until: noon + HOUR, count: 3, errors: 3 },
      { from: noon + HOUR, until: noon + 2 * HOUR, count: 0, errors: 0 },
      { from: noon + 2 * HOUR, until: noon + 2 * HOUR + MINUTE, count: 2, errors: 0 },
    ])
  })

  test('are never more than can be shown', () => {
    const period = { from: 0, until: 10_000 * DAY }
    expect(histogramBars({ period, isPartial: false, step: HOUR, counts: [] }, []).length).toBe(MAX_BARS + 2)
  })
})

test('the length of a bar has words', () => {
  expect(BAR_STEPS.map(stepText)).toEqual([
    'second',
    '10 seconds',
    'minute',
    '5 minutes',
    '15 minutes',
    'hour',
    'day',
    '7 days',
    '28 days',
    '364 days',
  ])
})
