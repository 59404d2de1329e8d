import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { formatInstant, parseInstant, reportKinds } from '@stacktach/domain'
import { ConfigError } from '@stacktach/runtime'
import { dueAt, reportSchedules } from './reportSchedules.ts'

function faults(value: string): string[] {
  try {
    reportSchedules(value)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.message.split('\n')
  }
  return []
}

test('without any, each report is made of each day', () => {
  const schedules = reportSchedules(undefined)
  expect(schedules.map(({ report }) => report)).toEqual(reportKinds)
  expect(new Set(schedules.map(({ period }) => period))).toEqual(new Set(['day']))
})

test('an empty list is none', () => {
  expect(reportSchedules('[]')).toEqual([])
})

test('a schedule says what is made of what and when', () => {
  const written = [
    { report: 'region-summary', cron: '30 * * * *', period: 'hour', region: 'East', percentile: 95 },
    { report: 'instance-hours', cron: '0 0 4 1 * *', period: 'month', deployments: ['east', 'west'] },
    { report: 'error-details', cron: '0 5 * * *' },
  ]
  const read = [
    { ...written[0], region: 'east' },
    { ...written[1], region: '' },
    { ...written[2], period: 'day', region: '' },
  ]
  expect(reportSchedules(JSON.stringify(written))).toEqual(read)
  const folder = mkdtempSync(join(tmpdir(), 'schedules-'))
  writeFileSync(join(folder, 'reports.json'), JSON.stringify(written))
  expect(reportSchedules(join(folder, 'reports.json'))).toEqual(read)
  rmSync(folder, { recursive: true })
})

test('every fault is named, with its place', () => {
  const written = [
    { report: 'nope', cron: '0 5 * * *' },
    { report: 'error-details', cron: '0 25 * * *' },
    { report: 'error-details', cron: '0 5 * * *', period: 'year', regoin: 'x' },
    { report: 'error-details', cron: '0 5 * * *', region: 'east', deployments: ['west'] },
    { report: 'error-details', cron: '0 5 * * *', percentile: 95 },
  ]
  const found = faults(JSON.stringify(written))
  for (const part of ['0.report', '1.cron', '2.period', 'regoin', '3: has both', '4: only region-summary']) {
    expect(found.filter((fault) => fault.startsWith('REPORT_SCHEDULES ') && fault.includes(part))).toHaveLength(1)
  }
})

test.each(['{', '[{]', '/no/such/file', '{"a":1}'])('%s is refused', (value) => {
  expect(faults(value)).toHaveLength(1)
})

test('the same report twice is a fault, at whatever times', () => {
  const one = { report: 'error-details', cron: '0 5 * * *' }
  expect(faults(JSON.stringify([one, { ...one, cron: '0 6 * * *' }, { ...one, period: 'week' }]))).toEqual([
    'REPORT_SCHEDULES 1: the same report is there twice',
  ])
})

describe('a report is due', () => {
  const end = parseInstant('2026-11-21 00:00:00') ?? 0
  test.each([
    ['0 4 * * *', '2026-11-21 04:00:00'],
    ['0 0 * * *', '2026-11-21 00:00:00'],
    ['30 23 * * *', '2026-11-21 23:30:00'],
    ['0 6 1 * *', '2026-12-01 06:00:00'],
    ['*/20 * * * * *', '2026-11-21 00:00:00'],
  ])('by %s at %s', (cron, due) => {
    expect(formatInstant(dueAt({ cron }, { from: 0, until: end }))).toBe(due)
  })
})
