import { expect, test } from '@jest/globals'
import { IdBounds } from './idBounds.ts'

const ids = (nova: number, glance = 0, generic = 0) => ({ nova, glance, generic })

test('a checkpoint applies as soon as every running transaction of its moment has ended', () => {
  const bounds = new IdBounds(ids(1))
  bounds.add(100, 10, ids(50))
  expect(bounds.before(109)).toEqual(ids(1))
  expect(bounds.before(110)).toEqual(ids(50))
})

test('the last applicable checkpoint counts', () => {
  const bounds = new IdBounds(ids(1))
  for (const [ended, id] of [
    [100, 50],
    [105, 70],
    [130, 90],
  ] as const) {
    bounds.add(ended, 10, ids(id))
  }
  expect(bounds.before(139)).toEqual(ids(70))
  expect(bounds.before(140)).toEqual(ids(90))
})

test('without new ids, an earlier checkpoint is kept', () => {
  const bounds = new IdBounds(ids(1))
  bounds.add(100, 10, ids(50))
  bounds.add(200, 10, ids(50))
  expect(bounds.before(110)).toEqual(ids(50))
})

test('each service has its own bound', () => {
  const bounds = new IdBounds(ids(10, 20, 30))
  bounds.add(100, 10, ids(15, 20, 30))
  bounds.add(101, 10, ids(15, 20, 35))
  expect(bounds.before(111)).toEqual(ids(15, 20, 35))
})
