import { describe, expect, test } from '@jest/globals'
import { DAY, SECOND } from '../time/instant.ts'
import { reportHeading, reportKinds, reportOrigin } from './kinds.ts'
import { reportRefusal } from './refusal.ts'

const period = { from: 100 * DAY, until: 101 * DAY }

test.each(reportKinds)('%s is found again by what is stored of it', (kind) => {
  for (const region of ['', 'east']) {
    const { name, period: stored } = reportHeading(kind, { period, region })
    expect(reportOrigin({ name, region, period: stored })).toEqual({ kind, period })
  }
})

test('of a report that nothing here makes there is no kind', () => {
  expect(reportOrigin({ name: 'daily', region: '', period })).toBeNull()
})

test('the reports of requests end with the last second of their period', () => {
  const ends = reportKinds.filter(
    (kind) => reportHeading(kind, { period, region: '' }).period.until === period.until - SECOND,
  )
  expect(ends).toEqual(['region-summary', 'error-details'])
})

describe('a report is refused', () => {
  const now = period.until
  const asked = { now, keptSince: null, inProgress: false }

  test('while its period goes on, unless that is asked for', () => {
    expect(reportRefusal(period, asked)).toBeNull()
    expect(reportRefusal(period, { ...asked, now: now - 1 })).toMatch('in progress until 1970-04-12 00:00:00')
    expect(reportRefusal(period, { ...asked, now: now - 1, inProgress: true })).toBeNull()
  })

  test('before its period begins', () => {
    expect(reportRefusal(period, { ...asked, now: period.from - 1, inProgress: true })).toMatch('yet to come')
  })

  test('when part of its period has been pruned', () => {
    expect(reportRefusal(period, { ...asked, keptSince: period.from })).toBeNull()
    expect(reportRefusal(period, { ...asked, keptSince: period.from + 1 })).toMatch('pruned')
  })

  test('when there is nothing in its period', () => {
    expect(reportRefusal({ from: 5, until: 5 }, asked)).toMatch('empty')
  })
})
