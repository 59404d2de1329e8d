import { expect, test } from '@jest/globals'
import type { UsageSegment } from './usageOfInstance.ts'
import { correctionReason, sumSegments, type UsageSum, usageChanges } from './usageSums.ts'

const flavor = { tenant: 'a', deploymentId: 1, flavor: '2', flavorName: 'm1', memoryMb: 512 }
const segment = (from: number, until: number, fields: Partial<UsageSegment> = {}) => ({
  from,
  until,
  ...flavor,
  ...fields,
})
const sum = (duration: number, fields: Partial<UsageSum> = {}): UsageSum => ({ ...flavor, duration, ...fields })

test('segments are summed by tenant, deployment and flavor', () => {
  const others = [{ tenant: 'b' }, { deploymentId: 2 }, { flavor: null }, { flavorName: 'm2' }, { memoryMb: null }]
  expect(
    sumSegments([segment(0, 10), segment(20, 25), ...others.map((fields, index) => segment(30, 31 + index, fields))]),
  ).toEqual([sum(15), ...others.map((fields, index) => sum(1 + index, fields))])
  expect(sumSegments([])).toEqual([])
})

test('changes are the sums that differ, also new and removed ones', () => {
  const before = [sum(10), sum(20, { flavor: '4' }), sum(30, { flavor: '5' })]
  const after = [sum(10), sum(25, { flavor: '4' }), sum(1, { flavor: '6' })]
  expect(usageChanges(before, after)).toEqual([
    { ...flavor, flavor: '4', before: 20, after: 25 },
    { ...flavor, flavor: '5', before: 30, after: 0 },
    { ...flavor, flavor: '6', before: 0, after: 1 },
  ])
  expect(usageChanges(before, [...before].reverse())).toEqual([])
})

test('less usage with a failed exists is contradicted; anything else was late', () => {
  const change = (before: number, after: number) => ({ ...flavor, before, after })
  expect(correctionReason([change(2, 1)], { failed: 1 })).toBe('contradicted exists')
  expect(correctionReason([change(2, 1)], { failed: 0 })).toBe('late notification')
  expect(correctionReason([change(1, 2)], { failed: 1 })).toBe('late notification')
  expect(correctionReason([change(1, 0), change(0, 1)], { failed: 0 })).toBe('late notification')
})
