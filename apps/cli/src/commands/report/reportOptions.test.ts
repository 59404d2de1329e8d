import { describe, expect, test } from '@jest/globals'
import { formatInstant, type ReportKind, type TimePeriod } from '@stacktach/domain'
import { timeArgument } from '../../arguments.ts'
import { periodOf, type ReportOptions, repeatPayload, reportPayload } from './reportOptions.ts'

const at = timeArgument('2026-11-20T13:30:00')

const formatPeriod = (period: TimePeriod | string) =>
  typeof period === 'string' ? period : `${formatInstant(period.from)} ${formatInstant(period.until)}`

describe('the period of a report', () => {
  const period = (...args: Parameters<typeof periodOf>) => formatPeriod(periodOf(...args))

  test('is the day that contains the time, or the given length', () => {
    expect(period('error-details', { at })).toBe('2026-11-20 00:00:00 2026-11-21 00:00:00')
    expect(period('error-details', { at, period: 'hour' })).toBe('2026-11-20 13:00:00 2026-11-20 14:00:00')
  })

  test('of a region summary can be some hours of the day', () => {
    expect(period('region-summary', { at, hours: 6, startHour: 2 })).toBe('2026-11-20 02:00:00 2026-11-20 08:00:00')
    expect(period('region-summary', { at, hours: 48 })).toBe('2026-11-20 00:00:00 2026-11-22 00:00:00')
    expect(period('region-summary', { at, startHour: 2 })).toBe('2026-11-20 02:00:00 2026-11-21 02:00:00')
    expect(period('error-details', { at, hours: 6 })).toMatch('only region-summary')
    expect(period('region-summary', { at, hours: 6, period: 'day' })).toMatch('either')
  })
})

describe('the payload of a report job', () => {
  test('has the defaults of the options', () => {
    expect(reportPayload('error-details', { at })).toEqual({
      report: 'error-details',
      period: periodOf('error-details', { at }),
      region: '',
      deployments: undefined,
      percentile: undefined,
      once: false,
      inProgress: false,
    })
  })

  test('has the options', () => {
    expect(reportPayload('region-summary', { at, region: 'East', percentile: 90, inProgress: true })).toMatchObject({
      region: 'east',
      percentile: 90,
      inProgress: true,
    })
    expect(reportPayload('error-details', { at, deployment: ['east'] })).toMatchObject({ deployments: ['east'] })
  })

  test.each<[ReportKind, Omit<ReportOptions, 'at'>, string]>([
    ['error-details', { percentile: 90 }, 'only region-summary has --percentile'],
    ['error-details', { region: 'e', deployment: ['east'] }, 'use either --region or --deployment'],
    ['error-details', { hours: 2 }, 'only region-summary has --hours and --start-hour'],
  ])('cannot be built for %s with %j', (report, options, message) => {
    expect(reportPayload(report, { at, ...options })).toBe(message)
  })
})

describe('the payload that makes a report again', () => {
  const report = {
    id: 7,
    name: 'image events audit',
    version: 1,
    region: 'east',
    periodStart: timeArgument('2026-11-20'),
    periodEnd: timeArgument('2026-11-21'),
    createdAt: timeArgument('2026-11-21'),
    parameters: {},
    json: '{}',
  }

  test('has the kind, period and region of the report', () => {
    expect(repeatPayload(report, false)).toEqual({
      report: 'image-events-audit',
      period: { from: report.periodStart, until: report.periodEnd },
      region: 'east',
      once: false,
      inProgress: false,
    })
  })

  test('has the deployments of the report instead of its region', () => {
    expect(repeatPayload({ ...report, parameters: { deployments: ['east'] } }, true)).toMatchObject({
      region: '',
      deployments: ['east'],
      inProgress: true,
    })
  })

  test('is null for a report of unknown kind', () => {
    expect(repeatPayload({ ...report, name: 'weather' }, false)).toBeNull()
  })
})
