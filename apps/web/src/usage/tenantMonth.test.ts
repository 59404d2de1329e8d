import { describe, expect, test } from '@jest/globals'
import type { TenantExists } from '@stacktach/db'
import { DAY, HOUR, parseInstant } from '@stacktach/domain'
import { monthParameter, monthsBack, monthText } from './month.ts'
import { tenantMonth } from './tenantMonth.ts'

const exists = (changes: Partial<TenantExists>): TenantExists => ({
  identity: 'a',
  instance: 'one',
  when: 3 * HOUR,
  launchedAt: 0,
  deletedAt: null,
  auditPeriodBeginning: HOUR,
  auditPeriodEnding: 3 * HOUR,
  tenant: '5000',
  flavor: '1',
  flavorName: 'small',
  memoryMb: 512,
  status: 'verified',
  ...changes,
})

async function* inBatches(...batches: TenantExists[][]): AsyncGenerator<TenantExists[]> {
  yield* batches
}

describe("a tenant's month", () => {
  test('has the hours of verified exists by instance and flavor, most first', async () => {
    const month = await tenantMonth(
      inBatches(
        [exists({}), exists({ instance: 'three', status: 'failed' })],
        [exists({ instance: 'two', launchedAt: 0, auditPeriodEnding: 9 * HOUR, flavor: '2', flavorName: 'large' })],
      ),
      100,
    )
    expect(month.rows.map(({ instance, hours }) => [instance, hours])).toEqual([
      ['two', 8],
      ['one', 2],
    ])
    expect(month).toMatchObject({
      hours: 10,
      instances: 2,
      exists: { verified: 2, failed: 1, pending: 0, verifying: 0 },
      isCut: false,
    })
    expect(month.flavors.map(({ flavorName, hours, instances }) => [flavorName, hours, instances])).toEqual([
      ['large', 8, 1],
      ['small', 2, 1],
    ])
  })

  test('stops after a number of exists', async () => {
    const batches = inBatches([exists({})], [exists({ instance: 'two' }), exists({ instance: 'three' })])
    expect(await tenantMonth(batches, 2)).toMatchObject({ instances: 2, isCut: true })
  })
})

test('a month is read, written, and counted back', () => {
  const november = parseInstant('2026-11-01 00:00:00') ?? 0
  expect(monthParameter.parse('2026-11')).toEqual({ from: november, until: november + 30 * DAY })
  for (const text of ['2026-13', '2026-1', '2026-11-01', 'x'])
    expect(monthParameter.safeParse(text).success).toBe(false)
  expect(monthText(november)).toBe('2026-11')
  expect(monthsBack({ from: november - 40 * DAY, until: november }, 12)).toEqual(['2026-11', '2026-10', '2026-09'])
  expect(monthsBack({ from: 0, until: november }, 2)).toEqual(['2026-11', '2026-10'])
})
