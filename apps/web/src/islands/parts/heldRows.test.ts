import { expect, test } from '@jest/globals'
import { HeldRows } from './heldRows.ts'

test('the newest rows are kept, and all are counted', () => {
  const held = new HeldRows<number>(3)
  for (let row = 1; row <= 10; row++) {
    held.add(row)
    expect(held.count).toBe(row)
  }
  expect(held.take()).toEqual([8, 9, 10])
  expect(held.count).toBe(0)
  expect(held.take()).toEqual([])
})
