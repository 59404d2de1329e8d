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

test('by default every report is made daily', () => {
  const schedules = reportSchedules(undefined)
  expect(schedules.map(({ report }) => report)).toEqual(reportKinds)
  expect(new Set(schedules.map(({ period }) => period))).toEqual(new Set(['day']))
})

test('an empty list turns scheduled reports off', () => {
  expect(reportSchedules('[]')).toEqual([])
})

test('a schedule has a report, a cron pattern, a period and its deployments; it is read from the variable or a file', () => {
  const input = [
    { report: 'region-summary', cron: '30 * * * *', period: 'hour', region: 'East', percentile: 95 },
    { report: 'instance-hours', cron: '0 0 4 1 * *', period: 'month', deployments: ['east', 'west'] },
    { report: 'error-details', cron: '0 5 * * *' },
  ]
  const expected = [
    { ...input[0], region: 'east' },
    { ...input[1], region: '' },
    { ...input[2], period: 'day', region: '' },
  ]
  expect(reportSchedules(JSON.stringify(input))).toEqual(expected)
  const folder = mkdtempSync(join(tmpdir(), 'schedules-'))
  writeFileSync(join(folder, 'reports.json'), JSON.stringify(input))
  expect(reportSchedules(join(folder, 'reports.json'))).toEqual(expected)
  rmSync(folder, { recursive: true })
})

test('the error has one line per fault, with its path', () => {
  const input = [
    { report: 'nope', cron: '0 5 * * *' },
    { report: 'error-details', cron: '0 25 * * *' },
    { report: 'error-details', cron: '0 5 * * *', period: 'year', regoin: 'x' },
    { report: 'error-details', cron: '0 5 * * *', region: 'east', deployments: ['west'] },
    { report: 'error-details', cron: '0 5 * * *', percentile: 95 },
  ]
  const messages = faults(JSON.stringify(input))
  for (const part of [
    '0.report',
    '1.cron',
    '2.period',
    'regoin',
    '3: use either region or deployments',
    '4: percentile is only for region-summary',
  ]) {
    expect(messages.filter((fault) => fault.startsWith('REPORT_SCHEDULES ') && fault.includes(part))).toHaveLength(1)
  }
})

test.each(['{', '[{]', '/no/such/file', '{"a":1}'])('%s is invalid', (value) => {
  expect(faults(value)).toHaveLength(1)
})

test('two schedules of the same report and period are invalid, also with different cron patterns', () => {
  const schedule = { report: 'error-details', cron: '0 5 * * *' }
  expect(
    faults(JSON.stringify([schedule, { ...schedule, cron: '0 6 * * *' }, { ...schedule, period: 'week' }])),
  ).toEqual(['REPORT_SCHEDULES 1: duplicate of entry 0'])
})

describe('due time', () => {
  const end = parseInstant('2026-11-21 00:00:00') ?? 0
  test.each([
    ['0 4 * * *', '2026-11-21 04:00:00'],
    ['0 0 * * *', '2026-11-21 00:00:00'],
    ['30 23 * * *', '2026-11-21 23:30:00'],
    ['0 6 1 * *', '2026-12-01 06:00:00'],
    ['*/20 * * * * *', '2026-11-21 00:00:00'],
  ])('%s: %s', (cron, due) => {
    expect(formatInstant(dueAt({ cron }, { from: 0, until: end }))).toBe(due)
  })
})
