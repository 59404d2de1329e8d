import { describe, expect, test } from '@jest/globals'
import { HOUR } from '../time/instant.ts'
import type { HoursExists } from './hoursSweep.ts'
import {
  addInstanceExists,
  emptyInstanceUsage,
  finishInstanceUsage,
  type InstanceFlavorUsage,
} from './instanceUsage.ts'

const base: HoursExists = {
  identity: 'a',
  instance: 'one',
  when: 2 * HOUR,
  launchedAt: 0,
  deletedAt: null,
  auditPeriodBeginning: HOUR,
  auditPeriodEnding: 2 * HOUR,
  tenant: '5000',
  flavor: '1',
  flavorName: 'small',
  memoryMb: 512,
}

function usageOf(...exists: Partial<HoursExists>[]): InstanceFlavorUsage[] {
  const state = emptyInstanceUsage()
  const rows = exists.flatMap((changes) => addInstanceExists(state, { ...base, ...changes }))
  return [...rows, ...finishInstanceUsage(state)]
}

const row = {
  instance: 'one',
  flavor: '1',
  flavorName: 'small',
  memoryMb: 512,
  exists: 1,
  hours: 1,
  from: HOUR,
  until: 2 * HOUR,
}

describe('the usage of instances', () => {
  test('is empty without exists', () => {
    expect(usageOf()).toEqual([])
  })

  test('has a row for each instance, and counts started hours', () => {
    expect(usageOf({}, { instance: 'two', launchedAt: HOUR + 1, deletedAt: HOUR + 2 })).toEqual([
      row,
      { ...row, instance: 'two', from: HOUR + 1, until: HOUR + 2 },
    ])
  })

  test('counts a moment once, with the flavor of the later launch', () => {
    const resized = { identity: 'b', launchedAt: HOUR + HOUR / 2, flavor: '2', flavorName: 'large', memoryMb: 1024 }
    expect(usageOf({ auditPeriodEnding: 3 * HOUR }, { ...resized, auditPeriodEnding: 3 * HOUR })).toEqual([
      { ...row, until: 3 * HOUR },
      { ...row, flavor: '2', flavorName: 'large', memoryMb: 1024, hours: 2, until: 3 * HOUR },
    ])
  })

  test('ends with the delete, whatever later exists say', () => {
    const deleted = { deletedAt: 2 * HOUR - 1, auditPeriodEnding: 2 * HOUR }
    const later = { ...deleted, auditPeriodBeginning: 5 * HOUR, auditPeriodEnding: 6 * HOUR }
    expect(usageOf(deleted, later)).toEqual([{ ...row, exists: 2, until: 2 * HOUR - 1 }])
    expect(usageOf(later)).toEqual([{ ...row, hours: 0, from: 5 * HOUR, until: 5 * HOUR }])
  })

  test('counts contiguous exists together', () => {
    const rows = usageOf({}, { auditPeriodBeginning: 2 * HOUR, auditPeriodEnding: 2 * HOUR + 1 })
    expect(rows).toEqual([{ ...row, exists: 2, hours: 2, until: 2 * HOUR + 1 }])
  })
})
