import { expect, test } from '@jest/globals'
import { HOUR } from '../time/instant.ts'
import { instanceHours, type TenantHours } from './instanceHours.ts'

const row = (fields: Partial<TenantHours>): TenantHours => ({
  tenant: 'a',
  flavor: '2',
  flavorName: '512MB',
  memoryMb: 512,
  count: 1,
  hours: 24,
  ...fields,
})

test('without exists, totals are zero and nothing is divided by zero', () => {
  expect(instanceHours.shape({ hours: [], accounts: [], typeNames: [] })).toEqual({
    total_instance_count: 0,
    total_unit_hours: 0,
    flavor: {},
    flavor_class: {},
    top_hundred_by_count: {},
    top_hundred_by_unit_hours: {},
  })
})

test('unit hours are hours times the size of the flavor; percentages are of the final totals', () => {
  const report = instanceHours.shape({
    hours: [
      row({ count: 2, hours: 48 }),
      row({ flavor: 'performance1-4', flavorName: '4 GB', memoryMb: 4096, hours: 2 }),
    ],
    accounts: [],
    typeNames: [],
  })
  expect(report).toMatchObject({
    total_instance_count: 3,
    total_unit_hours: 128,
    flavor: {
      '2': { count: 2, unit_hours: 96, percent_unit_hours: 75, flavor_name: '512MB' },
      'performance1-4': { count: 1, unit_hours: 32, percent_unit_hours: 25, flavor_name: '4 GB' },
    },
    flavor_class: { standard: { unit_hours: 96 }, performance1: { unit_hours: 32 } },
  })
})

test('time that several exists report is shown when it was left out', () => {
  const overlap = { exists: 2, leftOut: 1.5 * HOUR }
  const report = instanceHours.shape({ hours: [row({})], accounts: [], typeNames: [], overlap })
  expect(report).toMatchObject({ total_unit_hours: 48, overlapping_exists: 2, overlapping_hours: 1.5 })
})

test('a flavor with a UUID is in the standard class', () => {
  const hours = [row({ flavor: '94dda5b1-32a7-4e2f-8d65-ba1da4d0b0d3' }), row({ flavor: null, memoryMb: null })]
  const report = instanceHours.shape({ hours, accounts: [], typeNames: [] })
  expect(Object.keys(report.flavor_class)).toEqual(['standard'])
  expect(report.flavor).toHaveProperty('unknown.unit_hours', 0)
})

test('tenants are ranked within each value of each type; tenants that were not imported are unknown', () => {
  const report = instanceHours.shape({
    hours: [
      row({ tenant: 'a', count: 5, hours: 5 }),
      row({ tenant: 'b', count: 1, hours: 100 }),
      row({ tenant: 'c', count: 9, hours: 9 }),
      row({ tenant: 'b', flavor: '3', count: 1, hours: 1 }),
    ],
    accounts: [
      { tenant: 'a', accountName: 'Ann', types: { size: 'small', plan: 'gold' } },
      { tenant: 'b', accountName: 'Bob', types: { size: 'small' } },
    ],
    typeNames: ['plan', 'size'],
  })
  const names = (top: Record<string, Record<string, { tenant: string }[]>>) =>
    Object.fromEntries(
      Object.entries(top).map(([type, values]) => [
        type,
        Object.fromEntries(Object.entries(values).map(([value, list]) => [value, list.map(({ tenant }) => tenant)])),
      ]),
    )
  expect(names(report.top_hundred_by_count)).toEqual({
    plan: { gold: ['a'], unknown: ['c'] },
    size: { small: ['a', 'b'], unknown: ['c'] },
  })
  expect(names(report.top_hundred_by_unit_hours)).toMatchObject({ size: { small: ['b', 'a'] } })
  expect(report).toMatchObject({ size: { small: { count: 7 }, unknown: { count: 9 } }, plan: { gold: { count: 5 } } })
  expect(report.top_hundred_by_count).toHaveProperty('size.small.1', {
    size: 'small',
    count: 2,
    unit_hours: 202,
    percent_count: 12.5,
    percent_unit_hours: (202 / 230) * 100,
    tenant: 'b',
    account_name: 'Bob',
  })
  expect(report.top_hundred_by_count).toHaveProperty('size.unknown.0.account_name', 'unknown account')
})

test('at most a hundred tenants are listed', () => {
  const hours = Array.from({ length: 120 }, (_, index) => row({ tenant: `t${index}`, count: index }))
  const report = instanceHours.shape({ hours, accounts: [], typeNames: ['size'] })
  expect(report.top_hundred_by_count).toHaveProperty('size.unknown.length', 100)
  expect(report.top_hundred_by_count).toHaveProperty('size.unknown.99.tenant', 't20')
})
