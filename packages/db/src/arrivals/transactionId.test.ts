import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { fullTransactionId, TRANSACTION_IDS, transactionsAfter } from './transactionId.ts'

const EPOCH = TRANSACTION_IDS

test.each([
  { from: 100, xmin: 100, after: 0 },
  { from: 100, xmin: 103, after: 3 },
  { from: EPOCH - 1, xmin: 3, after: 4 },
  { from: 5 * EPOCH + 100, xmin: 107, after: 7 },
  { from: 5 * EPOCH - 2, xmin: 5, after: 7 },
  { from: 100, xmin: 99, after: EPOCH - 1 },
])('$xmin is $after transactions after $from', ({ from, xmin, after }) => {
  expect(transactionsAfter(from, xmin)).toBe(after)
})

test.each([
  { xmin: 90, near: 100, full: 90 },
  { xmin: 110, near: 100, full: 110 },
  { xmin: EPOCH - 1, near: 3 * EPOCH + 2, full: 3 * EPOCH - 1 },
  { xmin: 4, near: 3 * EPOCH - 1, full: 3 * EPOCH + 4 },
])('$xmin near $near is transaction $full', ({ xmin, near, full }) => {
  expect(fullTransactionId(xmin, near)).toBe(full)
})

const transaction = fc.integer({ min: EPOCH, max: 2 ** 50 })

test('a transaction is recognized by its low 32 bits', () => {
  fc.assert(
    fc.property(transaction, fc.integer({ min: -(2 ** 31) + 1, max: 2 ** 31 - 1 }), (near, distance) => {
      const full = near + distance
      expect(fullTransactionId(full % EPOCH, near)).toBe(full)
      if (distance >= 0) expect(transactionsAfter(near, full % EPOCH)).toBe(distance)
    }),
  )
})
