import { describe, expect, test } from '@jest/globals'
import { DAY, SECOND } from '../time/instant.ts'
import { reportHeading, reportKinds, reportOrigin } from './kinds.ts'
import { reportRefusal } from './refusal.ts'

const period = { from: 100 * DAY, until: 101 * DAY }

test.each(reportKinds)('%s is found by its stored heading', (kind) => {
  for (const region of ['', 'east']) {
    const { name, period: stored } = reportHeading(kind, { period, region })
    expect(reportOrigin({ name, region, period: stored })).toEqual({ kind, period })
  }
})

test('a report with another name has no kind', () => {
  expect(reportOrigin({ name: 'daily', region: '', period })).toBeNull()
})

test('request reports end with the last second of their period', () => {
  const ends = reportKinds.filter(
    (kind) => reportHeading(kind, { period, region: '' }).period.until === period.until - SECOND,
  )
  expect(ends).toEqual(['region-summary', 'error-details'])
})

describe('a report is refused', () => {
  const now = period.until
  const options = { now, keptSince: null, inProgress: false }

  test('while its period is in progress, unless that is allowed', () => {
    expect(reportRefusal(period, options)).toBeNull()
    expect(reportRefusal(period, { ...options, now: now - 1 })).toMatch('in progress until 1970-04-12 00:00:00')
    expect(reportRefusal(period, { ...options, now: now - 1, inProgress: true })).toBeNull()
  })

  test('before its period begins', () => {
    expect(reportRefusal(period, { ...options, now: period.from - 1, inProgress: true })).toMatch('in the future')
  })

  test('when part of its period is no longer stored', () => {
    expect(reportRefusal(period, { ...options, keptSince: period.from })).toBeNull()
    expect(reportRefusal(period, { ...options, keptSince: period.from + 1 })).toMatch('no longer stored')
  })

  test('when its period is empty', () => {
    expect(reportRefusal({ from: 5, until: 5 }, options)).toMatch('empty')
  })
})
