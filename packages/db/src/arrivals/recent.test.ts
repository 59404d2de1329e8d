import { expect, test } from '@jest/globals'
import { beforeTransaction, formatPosition } from './position.ts'
import { completeFrom, recentPositions } from './recent.ts'

const row = (service: 'nova' | 'glance', id: number, xmin: number) => ({ service, id, when: 0, xmin })

test('rows are ordered by transaction, also when the ids are in another order', () => {
  const rows = [row('nova', 1, 12), row('nova', 2, 10), row('nova', 3, 12), row('glance', 1, 11)]
  expect(recentPositions(rows, 20).map(({ position }) => formatPosition(position))).toEqual([
    '10-nova-2',
    '11-glance-1',
    '12-nova-1',
    '12-nova-3',
  ])
})

test('rows without a transaction id are left out', () => {
  expect(recentPositions([row('nova', 1, 2)], 20)).toEqual([])
})

test('all rows are complete if nothing is cut', () => {
  expect(completeFrom([row('nova', 1, 12)], 20, () => false)).toEqual(beforeTransaction(0))
})

test('rows are complete after the transactions of the margin of each service that is cut', () => {
  const rows = [
    ...Array.from({ length: 2_000 }, (_, index) => row('nova', index + 1, index === 1_000 ? 900 : 500)),
    row('nova', 2_001, 950),
    row('glance', 1, 990),
  ]
  expect(completeFrom(rows, 1_000, (service) => service === 'nova')).toEqual(beforeTransaction(901))
})
