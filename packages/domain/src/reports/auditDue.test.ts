import { expect, test } from '@jest/globals'
import { formatInstant, parseInstant } from '../time/instant.ts'
import { auditDue } from './auditDue.ts'

const at = (time: string) => parseInstant(`2026-${time}`) ?? 0
const audit = (from: string, until: string, deployment = 1) => ({ deployment, from: at(from), until: at(until) })
const day = { from: at('11-20 00:00:00'), until: at('11-21 00:00:00') }
const november = { from: at('11-01 00:00:00'), until: at('12-01 00:00:00') }

test.each([
  ['hourly audits', day, audit('11-20 12:00:00', '11-20 13:00:00'), '2026-11-21 00:00:00'],
  ['hourly audits at an offset', day, audit('11-20 12:15:00', '11-20 13:15:00'), '2026-11-20 23:15:00'],
  ['daily audits', day, audit('11-19 00:00:00', '11-20 00:00:00'), '2026-11-21 00:00:00'],
  ['daily audits at an offset', day, audit('11-19 06:00:00', '11-20 06:00:00'), '2026-11-20 06:00:00'],
  [
    'daily audits at an offset, the next one seen',
    day,
    audit('11-20 06:00:00', '11-21 06:00:00'),
    '2026-11-21 00:00:00',
  ],
  ['monthly audits in a day', day, audit('10-01 00:00:00', '11-01 00:00:00'), '2026-11-01 00:00:00'],
  ['monthly audits in a month', november, audit('10-01 00:00:00', '11-01 00:00:00'), '2026-12-01 00:00:00'],
  ['monthly audits at an offset', november, audit('09-05 00:00:00', '10-05 00:00:00'), '2026-11-05 00:00:00'],
  [
    'yearly audits',
    november,
    { ...audit('01-01 00:00:00', '01-01 00:00:00'), from: at('01-01 00:00:00') - 365 * 86_400_000_000 },
    '2026-01-01 00:00:00',
  ],
])('%s', (_, period, latest, until) => {
  expect(formatInstant(auditDue(period, [latest]).until)).toBe(until)
})

test('without audits all of the period is due', () => {
  expect(auditDue(day, [])).toEqual({ until: day.until, deployments: [] })
})

test('each deployment has its own audits, and the latest one of each counts', () => {
  const audits = [
    audit('11-19 06:00:00', '11-20 06:00:00', 1),
    audit('11-20 08:00:00', '11-20 09:00:00', 2),
    audit('11-18 06:00:00', '11-19 06:00:00', 1),
    audit('11-20 07:00:00', '11-20 08:00:00', 2),
  ]
  expect(auditDue(day, audits)).toEqual({
    until: day.until,
    deployments: [
      { deployment: 1, until: at('11-20 06:00:00') },
      { deployment: 2, until: day.until },
    ],
  })
})

test('of audits of different length with the same end, the longer one shows the next end', () => {
  const audits = [audit('11-20 05:00:00', '11-20 06:00:00'), audit('11-19 06:00:00', '11-20 06:00:00')]
  expect(formatInstant(auditDue(day, audits).until)).toBe('2026-11-20 06:00:00')
  expect(formatInstant(auditDue(day, audits.toReversed()).until)).toBe('2026-11-20 06:00:00')
})
