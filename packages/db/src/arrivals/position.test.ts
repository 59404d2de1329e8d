import { expect, test } from '@jest/globals'
import { beforeTransaction, compareArrivals, formatPosition, parsePosition } from './position.ts'

test('positions are ordered by transaction, service and id', () => {
  const texts = ['9-nova-0', '9-nova-7', '9-nova-12', '9-glance-1', '9-generic-1', '10-nova-1', '11-nova-0']
  const positions = [...texts].sort().map((text) => parsePosition(text) ?? beforeTransaction(0))
  expect(positions.sort(compareArrivals).map(formatPosition)).toEqual(texts)
})

test('a transaction begins before its first row', () => {
  expect(formatPosition(beforeTransaction(12))).toBe('12-nova-0')
})

test.each([
  '',
  '1-nova',
  '1-nova-',
  '-1-nova-1',
  '1-cinder-1',
  '1-nova-1 ',
  ' 1-nova-1',
  '1.5-nova-1',
  `${10 ** 15}-nova-1`,
  '1-nova-1-2',
])('%j is not a position', (text) => expect(parsePosition(text)).toBeNull())
