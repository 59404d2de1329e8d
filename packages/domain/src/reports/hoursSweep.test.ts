import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { randomCases } from '../testkit/randomCases.ts'
import { MINUTE, parseInstant } from '../time/instant.ts'
import { addExists, emptyHoursSweep, finishHours, type HoursExists, startOfExists } from './hoursSweep.ts'

const at = (time: string) => parseInstant(`2026-11-20 ${time}`) ?? 0

/** An exists of an instance launched at 7:00 for the audit period from `from` to `until`. */
function exists(from: string, until: string, fields: Partial<HoursExists> = {}): HoursExists {
  return {
    identity: `${from} ${until}`,
    instance: 'i1',
    when: at(until),
    launchedAt: at('07:00:00'),
    deletedAt: null,
    auditPeriodBeginning: at(from),
    auditPeriodEnding: at(until),
    tenant: 'a',
    flavor: '2',
    flavorName: 'm1.small',
    memoryMb: 2048,
    ...fields,
  }
}

function sweep(input: readonly HoursExists[]) {
  const state = emptyHoursSweep()
  const ordered = [...input].sort((a, b) => a.instance.localeCompare(b.instance) || startOfExists(a) - startOfExists(b))
  for (const row of ordered) addExists(state, row)
  return finishHours(state)
}

/** Hours by flavor, the number of exists that overlap and the minutes left out. */
function summary(input: readonly HoursExists[]) {
  const { hours, overlap } = sweep(input)
  const byFlavor = Object.fromEntries(hours.map(({ flavor, ...row }) => [flavor, row.hours]))
  return { byFlavor, exists: overlap.exists, minutes: overlap.leftOut / MINUTE }
}

describe('each moment of an instance counts once:', () => {
  test('shelved without offload', () => {
    const input = [exists('09:00:00', '09:10:00'), exists('09:00:00', '10:00:00')]
    expect(summary(input)).toEqual({ byFlavor: { '2': 1 }, exists: 2, minutes: 10 })
    expect(sweep(input).hours).toMatchObject([{ tenant: 'a', flavor: '2', count: 2, hours: 1 }])
  })

  test('live migration between two audits: two hosts report the same hour', () => {
    const input = [
      exists('09:00:00', '10:00:00', { identity: 'h1' }),
      exists('09:00:00', '10:00:00', { identity: 'h2' }),
    ]
    expect(summary(input)).toEqual({ byFlavor: { '2': 1 }, exists: 2, minutes: 60 })
  })

  test('a resize: the time before the new launch has the old flavor', () => {
    const resized = { launchedAt: at('09:20:00'), flavor: '4' }
    const input = [exists('09:00:00', '09:19:00'), exists('09:00:00', '10:00:00', resized)]
    expect(summary(input)).toEqual({ byFlavor: { '2': 1, '4': 1 }, exists: 0, minutes: 0 })
  })

  test('a resize that failed and kept its launch: the first exists has the flavor of its time', () => {
    const input = [exists('09:00:00', '09:12:00'), exists('09:00:00', '12:00:00', { flavor: '4' })]
    expect(summary(input)).toEqual({ byFlavor: { '2': 1, '4': 3 }, exists: 2, minutes: 12 })
  })

  test('a rescheduled resize: each attempt sends an exists of its own', () => {
    const resized = { launchedAt: at('09:20:00'), flavor: '4' }
    const input = [
      exists('09:00:00', '09:10:00'),
      exists('09:00:00', '09:11:00'),
      exists('09:00:00', '10:00:00', resized),
    ]
    expect(summary(input)).toEqual({ byFlavor: { '2': 1, '4': 1 }, exists: 2, minutes: 10 })
  })

  test('a cross-cell resize: both cells report the hour, the target with the new launch', () => {
    const resized = { launchedAt: at('09:20:00'), flavor: '4' }
    const input = [exists('09:00:00', '10:00:00'), exists('09:00:00', '10:00:00', resized)]
    expect(summary(input)).toEqual({ byFlavor: { '2': 1, '4': 1 }, exists: 2, minutes: 40 })
  })

  test('an audit during a resize: the next hour has the new launch', () => {
    const mixed = { flavor: '4' }
    const resized = { launchedAt: at('10:02:00'), flavor: '4' }
    const input = [
      exists('09:00:00', '09:55:00'),
      exists('09:00:00', '10:00:00', mixed),
      exists('10:00:00', '11:00:00', resized),
    ]
    expect(summary(input)).toEqual({ byFlavor: { '2': 1, '4': 2 }, exists: 2, minutes: 55 })
  })
})

describe('started hours count in full,', () => {
  test('once for contiguous exists with the same flavor', () => {
    expect(summary([exists('09:00:00', '09:10:00'), exists('09:10:00', '10:05:00')]).byFlavor).toEqual({ '2': 2 })
  })

  test('again after a gap, a change of tenant or another amount of memory', () => {
    expect(summary([exists('09:00:00', '09:10:00'), exists('09:11:00', '09:20:00')]).byFlavor).toEqual({ '2': 2 })
    const others = [exists('09:10:00', '09:20:00', { tenant: 'b' }), exists('09:20:00', '09:30:00', { memoryMb: null })]
    expect(sweep([exists('09:00:00', '09:10:00'), ...others]).hours).toMatchObject([
      { tenant: 'a', memoryMb: 2048, hours: 1 },
      { tenant: 'a', memoryMb: null, hours: 1 },
      { tenant: 'b', hours: 1 },
    ])
  })

  test('from the launch to the delete', () => {
    expect(summary([exists('06:00:00', '10:00:00', { deletedAt: at('08:00:01') })]).byFlavor).toEqual({ '2': 2 })
    expect(summary([exists('06:00:00', '07:00:00')])).toMatchObject({ byFlavor: { '2': 0 } })
  })
})

const ids = ['a', 'b']
const minutes = fc.integer({ min: 0, max: 400 })
const anyExists = fc
  .record({
    instance: fc.constantFrom(...ids),
    when: minutes,
    launchedAt: fc.integer({ min: 0, max: 5 }).map((hour) => hour * 50),
    deletedAt: fc.option(minutes),
    auditPeriodBeginning: minutes,
    length: minutes,
    tenant: fc.constantFrom(null, ...ids),
    flavor: fc.constantFrom(null, '2', '4'),
  })
  .map(({ length, ...fields }) => ({ ...fields, auditPeriodEnding: fields.auditPeriodBeginning + length }))

type Minutes = Parameters<Parameters<typeof anyExists.map>[0]>[0]

const inMinute = (row: Minutes, minute: number) =>
  minute >= Math.max(row.auditPeriodBeginning, row.launchedAt) &&
  minute < Math.min(row.auditPeriodEnding, row.deletedAt ?? row.auditPeriodEnding)

/** Asks for each minute of each instance which exists report it. */
function naive(input: readonly Minutes[]) {
  const hours: Record<string, number> = {}
  const overlapping = new Set<Minutes>()
  let leftOut = 0
  for (const instance of ids) {
    let key = ''
    let length = 0
    const close = () => {
      if (key !== '') hours[key] = (hours[key] ?? 0) + Math.ceil(length / 60)
    }
    for (let minute = 0; minute <= 801; minute++) {
      const reported = input
        .filter((row) => row.instance === instance && inMinute(row, minute))
        .sort(
          (a, b) =>
            b.launchedAt - a.launchedAt ||
            a.auditPeriodEnding - b.auditPeriodEnding ||
            a.when - b.when ||
            input.indexOf(a) - input.indexOf(b),
        )
      const [valid] = reported
      const next = valid === undefined ? '' : `${valid.tenant} ${valid.flavor}`
      if (next !== key) {
        close()
        length = 0
      }
      key = next
      length++
      if (reported.length < 2) continue
      leftOut += reported.length - 1
      for (const row of reported) overlapping.add(row)
    }
    close()
  }
  return { hours, exists: overlapping.size, leftOut }
}

test('the sweep agrees with a model that goes through the minutes', () => {
  fc.assert(
    fc.property(fc.array(anyExists, { maxLength: 12 }), (input) => {
      const rows = input.map(
        (row, index): HoursExists => ({
          ...row,
          identity: String(index).padStart(2, '0'),
          when: row.when * MINUTE,
          launchedAt: row.launchedAt * MINUTE,
          deletedAt: row.deletedAt === null ? null : row.deletedAt * MINUTE,
          auditPeriodBeginning: row.auditPeriodBeginning * MINUTE,
          auditPeriodEnding: row.auditPeriodEnding * MINUTE,
          flavorName: null,
          memoryMb: 512,
        }),
      )
      const { hours, overlap } = sweep(rows)
      const model = naive(input)
      const counted = hours.filter((row) => row.hours > 0)
      expect(Object.fromEntries(counted.map((row) => [`${row.tenant} ${row.flavor}`, row.hours]))).toEqual(model.hours)
      expect(overlap).toEqual({ exists: model.exists, leftOut: model.leftOut * MINUTE })
      expect(hours.reduce((sum, { count }) => sum + count, 0)).toBe(input.length)
    }),
    { numRuns: randomCases(100) },
  )
})
