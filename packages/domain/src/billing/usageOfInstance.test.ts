import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { randomCases } from '../testkit/randomCases.ts'
import { formatInstant, HOUR, MINUTE, parseInstant, SECOND } from '../time/instant.ts'
import { ALL_TIME } from '../time/period.ts'
import { changedLife, type Life, lifeOf } from './life.ts'
import { isFinal, type UsageExists, usageOfInstance } from './usageOfInstance.ts'

const at = (time: string) => parseInstant(`2026-11-20 ${time}`) ?? 0

/** An exists of an instance launched at 7:00 for the audit period from `from` to `until`. */
function exists(from: string, until: string, fields: Partial<UsageExists> = {}): UsageExists {
  return {
    id: 1,
    count: 1,
    identity: `${from} ${until}`,
    instance: 'i1',
    deploymentId: 1,
    when: at(until),
    launchedAt: at('07:00:00'),
    deletedAt: null,
    auditPeriodBeginning: at(from),
    auditPeriodEnding: at(until),
    tenant: 'a',
    flavor: '2',
    flavorName: 'm1.small',
    memoryMb: 2048,
    status: 'verified',
    ...fields,
  }
}

/** Hourly exists of the hours that begin in `hours`. */
const hourly = (...hours: number[]) =>
  hours.map((hour) => exists(`${String(hour).padStart(2, '0')}:00:00`, `${String(hour + 1).padStart(2, '0')}:00:00`))

const alive: Life = { launchedAt: at('07:00:00'), deletedAt: null, pauses: [] }
const morning = { from: at('08:00:00'), until: at('12:00:00') }
const timeOf = (instant: number) => formatInstant(instant).slice(11)

/** The usage from 8 to 12 as text, when all audits until `due` were made. */
function usage(input: readonly UsageExists[], life: Life | null = alive, due = '12:00:00') {
  const result = usageOfInstance(morning, input, life, at(due))
  return {
    segments: result.segments.map(({ from, until, flavor }) => `${timeOf(from)} ${timeOf(until)} ${flavor}`),
    gaps: result.gaps.map(({ from, until, reason }) => `${timeOf(from)} ${timeOf(until)} ${reason}`),
    final: isFinal(result),
  }
}

describe('each moment counts once:', () => {
  test('hourly audits are one segment', () => {
    expect(usage(hourly(7, 8, 9, 10, 11, 12))).toEqual({ segments: ['08:00:00 12:00:00 2'], gaps: [], final: true })
  })

  test('a shelve sends an exists of the part of the hour before it', () => {
    const input = [...hourly(8, 9, 10, 11), exists('09:00:00', '09:10:00', { flavor: '2' })]
    expect(usage(input)).toEqual({ segments: ['08:00:00 12:00:00 2'], gaps: [], final: true })
  })

  test('a resize within an hour: the new flavor from the new launch', () => {
    const resized = { launchedAt: at('09:20:00'), flavor: '4' }
    const input = [
      ...hourly(8),
      exists('09:00:00', '09:19:00'),
      exists('09:00:00', '10:00:00', resized),
      exists('10:00:00', '12:00:00', resized),
    ]
    const life = lifeOf(alive, [{ launchedAt: at('09:20:00'), firstWhen: at('09:18:59') }], [])
    expect(usage(input, life)).toEqual({
      segments: ['08:00:00 09:19:00 2', '09:20:00 12:00:00 4'],
      gaps: ['09:19:00 09:20:00 relaunched'],
      final: true,
    })
  })

  test('a live migration: both hosts report the hour', () => {
    const input = [...hourly(8, 9, 10, 11), exists('09:00:00', '10:00:00', { identity: 'h2', deploymentId: 1 })]
    const result = usageOfInstance(morning, input, alive, at('12:00:00'))
    expect(result.segments).toMatchObject([{ from: at('08:00:00'), until: at('12:00:00') }])
    expect(result.counts).toEqual({ pending: 0, verifying: 0, verified: 5, failed: 0 })
  })

  test('an exists without a life counts when it is verified', () => {
    expect(usage(hourly(9), null)).toEqual({ segments: ['09:00:00 10:00:00 2'], gaps: [], final: true })
  })

  test('a change of tenant, flavor, memory or deployment begins a segment', () => {
    const [first, second, third, fourth] = hourly(8, 9, 10, 11)
    if (!(first && second && third && fourth)) throw new Error('four hours')
    const input = [first, { ...second, tenant: 'b' }, { ...third, memoryMb: 1 }, { ...fourth, deploymentId: 2 }]
    expect(usageOfInstance(morning, input, alive, at('12:00:00')).segments).toMatchObject([
      { tenant: 'a', memoryMb: 2048, deploymentId: 1 },
      { tenant: 'b', memoryMb: 2048, deploymentId: 1 },
      { tenant: 'a', memoryMb: 1, deploymentId: 1 },
      { tenant: 'a', memoryMb: 2048, deploymentId: 2 },
    ])
  })
})

describe('time without verified usage is a gap:', () => {
  test('a lost exists', () => {
    expect(usage(hourly(8, 10, 11))).toEqual({
      segments: ['08:00:00 09:00:00 2', '10:00:00 12:00:00 2'],
      gaps: ['09:00:00 10:00:00 no exists'],
      final: false,
    })
  })

  test('failed and pending exists, by their ids', () => {
    const failed = exists('09:00:00', '10:00:00', { id: 7, status: 'failed' })
    const pending = exists('10:00:00', '11:00:00', { id: 8, status: 'pending' })
    const verifying = exists('10:00:00', '11:00:00', { id: 9, status: 'verifying', identity: 'h2' })
    const { gaps } = usageOfInstance(morning, [...hourly(8, 11), failed, pending, verifying], alive, at('12:00:00'))
    expect(gaps).toEqual([
      { from: at('09:00:00'), until: at('10:00:00'), reason: 'failed exists', exists: [7] },
      { from: at('10:00:00'), until: at('11:00:00'), reason: 'pending exists', exists: [8, 9] },
    ])
  })

  test('a failed exists beside a verified one is not a gap; a pending one delays the final usage', () => {
    const other = (status: UsageExists['status']) => exists('09:00:00', '10:00:00', { identity: 'h2', status })
    expect(usage([...hourly(8, 9, 10, 11), other('failed')])).toMatchObject({ gaps: [], final: true })
    expect(usage([...hourly(8, 9, 10, 11), other('pending')])).toMatchObject({ gaps: [], final: false })
  })

  test('only from the launch to the delete', () => {
    const life = { ...alive, launchedAt: at('09:30:00'), deletedAt: at('10:40:00') }
    expect(usage([], life).gaps).toEqual(['09:30:00 10:40:00 no exists'])
    const input = [exists('10:00:00', '11:00:00', { launchedAt: at('09:30:00'), deletedAt: at('10:40:00') })]
    expect(usage(input, life)).toEqual({
      segments: ['10:00:00 10:40:00 2'],
      gaps: ['09:30:00 10:00:00 no exists'],
      final: false,
    })
  })

  test('time whose audit is still to come is not due', () => {
    expect(usage(hourly(8, 9), alive, '10:00:00').gaps).toEqual(['10:00:00 12:00:00 not due'])
    expect(usage(hourly(8), alive, '10:00:00').gaps).toEqual([
      '09:00:00 10:00:00 no exists',
      '10:00:00 12:00:00 not due',
    ])
    expect(usage(hourly(8, 9, 10, 11), alive, '10:00:00').final).toBe(true)
  })
})

describe('nothing is missing', () => {
  const deleted = { ...alive, deletedAt: at('11:00:07') }

  test('in the seconds between the exists of a delete and the delete', () => {
    const input = [...hourly(8, 9, 10), exists('11:00:00', '11:00:05')]
    expect(usage(input, deleted)).toMatchObject({ gaps: ['11:00:05 11:00:07 short'], final: true })
    expect(usage(hourly(8, 9), deleted)).toMatchObject({ gaps: ['10:00:00 11:00:07 no exists'], final: false })
    const wholeLife = { ...alive, launchedAt: at('11:00:00'), deletedAt: at('11:00:07') }
    expect(usage([], wholeLife)).toMatchObject({ gaps: ['11:00:00 11:00:07 no exists'], final: false })
  })

  test('in less than a second before a launch that the database rounded', () => {
    const rounded = exists('08:00:00', '12:00:00', { launchedAt: at('08:30:01') })
    const life = { ...alive, launchedAt: at('08:30:01') - 400_000 }
    expect(usage([rounded], life)).toMatchObject({ gaps: [expect.stringContaining('short')], final: true })
    expect(usage([rounded], { ...alive, launchedAt: at('08:30:00') })).toMatchObject({ final: false })
  })

  test('while an instance is offloaded, and since the exists before the offload', () => {
    const unshelved = { launchedAt: at('10:50:00') }
    const input = [exists('08:00:00', '08:30:00'), exists('10:00:00', '12:00:00', unshelved)]
    const launches = [{ launchedAt: at('10:50:00'), firstWhen: at('10:49:00') }]
    const life = lifeOf(alive, launches, [at('08:40:00')])
    expect(usage(input, life)).toEqual({
      segments: ['08:00:00 08:30:00 2', '10:50:00 12:00:00 2'],
      gaps: ['08:30:00 10:50:00 offloaded'],
      final: true,
    })
    expect(usage(input, lifeOf(alive, [], [at('08:40:00')])).gaps).toEqual(['08:30:00 10:50:00 offloaded'])
  })

  test('but an exists that fails in a pause is not explained', () => {
    const failed = exists('09:00:00', '10:00:00', { status: 'failed' })
    expect(usage([failed], lifeOf(alive, [], [at('08:00:00')])).gaps).toEqual([
      '08:00:00 09:00:00 offloaded',
      '09:00:00 10:00:00 failed exists',
      '10:00:00 12:00:00 offloaded',
    ])
  })
})

describe('the life of an instance', () => {
  test('pauses between the request of a resize and its launch, and not before the first launch', () => {
    const launches = [
      { launchedAt: at('07:00:00'), firstWhen: at('06:59:00') },
      { launchedAt: at('07:00:00') + SECOND - 1, firstWhen: at('06:59:00') },
      { launchedAt: at('09:20:00'), firstWhen: at('09:18:00') },
    ]
    expect(lifeOf(alive, launches, []).pauses).toEqual([
      { from: at('09:18:00'), until: at('09:20:00'), reason: 'relaunched' },
    ])
  })

  test('has no pause of negative length, and none before its begin', () => {
    const launches = [
      { launchedAt: at('09:20:00'), firstWhen: at('09:21:00') },
      { launchedAt: at('09:30:00'), firstWhen: at('06:00:00') },
    ]
    expect(lifeOf(alive, launches, []).pauses).toEqual([
      { from: at('07:00:00'), until: at('09:30:00'), reason: 'relaunched' },
      { from: at('09:20:00'), until: at('09:20:00'), reason: 'relaunched' },
    ])
  })
})

describe('a change of a life', () => {
  const known = { launchedAt: at('07:00:00'), deletedAt: null, deploymentId: 1 }

  test('is the time since its delete, or since its launch', () => {
    const deleted = { ...known, deletedAt: at('09:00:00') }
    expect(changedLife(known, deleted)).toEqual({ from: at('09:00:00'), until: ALL_TIME.until })
    expect(changedLife(deleted, known)).toEqual({ from: at('09:00:00'), until: ALL_TIME.until })
    const later = { ...known, deletedAt: at('10:00:00') }
    expect(changedLife(deleted, later)).toEqual({ from: at('09:00:00'), until: at('10:00:00') })
    const earlier = { ...known, launchedAt: at('06:00:00') }
    expect(changedLife(known, earlier)).toEqual({ from: at('06:00:00'), until: ALL_TIME.until })
    expect(changedLife(null, deleted)).toEqual({ from: at('07:00:00'), until: ALL_TIME.until })
    expect(changedLife({ ...known, deploymentId: null }, known)).toEqual({
      from: at('07:00:00'),
      until: ALL_TIME.until,
    })
  })

  test('is nothing without a launch, or if only other values changed', () => {
    const starting = { ...known, launchedAt: null }
    expect(changedLife(null, starting)).toBeNull()
    expect(changedLife(starting, starting)).toBeNull()
    expect(changedLife(known, { ...known, deploymentId: 2 })).toBeNull()
  })
})

const END = 400
const minute = fc.integer({ min: 0, max: END })
const anyExists = fc.record({
  when: minute,
  launchedAt: fc.constantFrom(0, 50, 100, 250),
  deletedAt: fc.option(minute),
  beginning: minute,
  length: fc.integer({ min: 0, max: 120 }),
  tenant: fc.constantFrom(null, 'a', 'b'),
  flavor: fc.constantFrom(null, '2', '4'),
  status: fc.constantFrom<UsageExists['status']>('pending', 'verifying', 'verified', 'verified', 'verified', 'failed'),
})
const anyCase = fc.record({
  rows: fc.array(anyExists, { maxLength: 10 }),
  from: minute,
  length: fc.integer({ min: 1, max: 200 }),
  due: minute,
  life: fc.option(fc.record({ launchedAt: minute, deletedAt: fc.option(minute) })),
})

type AnyExists = typeof anyExists extends fc.Arbitrary<infer Row> ? Row : never

/** What a minute counts as: the tenant and flavor, or why it is a gap; null before and after the life. */
function inMinute(input: readonly AnyExists[], time: number, due: number, lives: boolean): string | null {
  const reporting = input
    .map((row, index) => ({ ...row, index }))
    .filter(
      ({ beginning, length, launchedAt, deletedAt }) =>
        time >= Math.max(beginning, launchedAt) && time < Math.min(beginning + length, deletedAt ?? Infinity),
    )
  const [valid] = reporting
    .filter(({ status }) => status === 'verified')
    .sort(
      (a, b) =>
        b.launchedAt - a.launchedAt ||
        a.beginning + a.length - (b.beginning + b.length) ||
        a.when - b.when ||
        a.index - b.index,
    )
  if (valid !== undefined) return `${valid.tenant} ${valid.flavor}`
  if (!lives) return null
  if (reporting.some(({ status }) => status === 'failed')) return 'failed exists'
  if (reporting.length > 0) return 'pending exists'
  return time >= due ? 'not due' : 'no exists'
}

function toExists(row: AnyExists, index: number): UsageExists {
  return {
    id: index,
    count: 1,
    identity: String(index).padStart(2, '0'),
    instance: 'i1',
    deploymentId: 1,
    when: row.when * MINUTE,
    launchedAt: row.launchedAt * MINUTE,
    deletedAt: row.deletedAt === null ? null : row.deletedAt * MINUTE,
    auditPeriodBeginning: row.beginning * MINUTE,
    auditPeriodEnding: (row.beginning + row.length) * MINUTE,
    tenant: row.tenant,
    flavor: row.flavor,
    flavorName: null,
    memoryMb: null,
    status: row.status,
  }
}

test('usage agrees with a model that goes through the minutes, in any order of the exists', () => {
  fc.assert(
    fc.property(anyCase, fc.nat(), ({ rows, from, length, due, life }, rotation) => {
      const input = rows.map(toExists)
      const period = { from: from * MINUTE, until: (from + length) * MINUTE }
      const known: Life | null =
        life === null
          ? null
          : {
              launchedAt: life.launchedAt * MINUTE,
              deletedAt: life.deletedAt === null ? null : life.deletedAt * MINUTE,
              pauses: [],
            }
      const result = usageOfInstance(period, input, known, due * MINUTE)
      const turn = input.length === 0 ? 0 : rotation % input.length
      const rotated = [...input.slice(turn), ...input.slice(0, turn)].reverse()
      expect(usageOfInstance(period, rotated, known, due * MINUTE)).toEqual(result)

      const parts = [
        ...result.segments.map(({ tenant, flavor, ...time }) => ({ ...time, what: `${tenant} ${flavor}` })),
        // Whether a gap is short is decided for the gap, and not for its minutes.
        ...result.gaps.map(({ reason, ...time }) => ({ ...time, what: reason === 'short' ? 'no exists' : reason })),
      ].sort((a, b) => a.from - b.from)
      const isInOrder = parts.every(
        (part, index) => part.from >= (parts[index - 1]?.until ?? period.from) && part.from < part.until,
      )
      expect([isInOrder, (parts.at(-1)?.until ?? period.from) <= period.until]).toEqual([true, true])
      const minutes = Array.from({ length }, (_, index) => from + index)
      const lives = (time: number) => life !== null && time >= life.launchedAt && time < (life.deletedAt ?? Infinity)
      expect(
        minutes.map(
          (time) => parts.find((one) => one.from <= time * MINUTE && time * MINUTE < one.until)?.what ?? null,
        ),
      ).toEqual(minutes.map((time) => inMinute(rows, time, due, lives(time))))
    }),
    { numRuns: randomCases(300) },
  )
})

test('a year of hourly exists takes less than two seconds', () => {
  const year = 8766
  const first = at('07:00:00')
  const input = Array.from({ length: year }, (_, hour) =>
    exists('07:00:00', '08:00:00', {
      id: hour,
      identity: String(hour).padStart(5, '0'),
      auditPeriodBeginning: first + hour * HOUR,
      auditPeriodEnding: first + (hour + 1) * HOUR,
      status: hour % 2 === 0 ? 'verified' : 'failed',
    }),
  )
  const period = { from: first, until: first + year * HOUR }
  // Processor time, because other programs use the machine, too.
  const begin = process.cpuUsage()
  const { segments, gaps } = usageOfInstance(period, input, alive, period.until)
  expect([segments.length, gaps.length]).toEqual([year / 2, year / 2])
  const { user, system } = process.cpuUsage(begin)
  expect((user + system) / SECOND).toBeLessThan(2)
})
