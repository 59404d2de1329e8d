import { expect, test } from '@jest/globals'
import { ingestedFrom } from './ingested.ts'

const batch = (began: number, ended: number, received = 10) => ({ began, ended, received })

test('without a lead the clock runs from the first batch’s beginning', () => {
  expect(ingestedFrom([batch(100, 110), batch(110, 125)], 0)).toEqual({ count: 20, from: 100, to: 125 })
})

test('with a lead it runs from the end of the batch that completes it, whose messages do not count', () => {
  const batches = [batch(100, 110), batch(110, 125), batch(125, 150)]
  expect(ingestedFrom(batches, 11)).toEqual({ count: 10, from: 125, to: 150 })
})

test('batches of several channels are taken in the order of their ends', () => {
  const batches = [batch(100, 140, 1), batch(100, 110, 5), batch(110, 120, 5)]
  expect(ingestedFrom(batches, 5)).toEqual({ count: 6, from: 110, to: 140 })
})

test('nothing after the lead is an error', () => {
  expect(() => ingestedFrom([batch(100, 110)], 10)).toThrow(RangeError)
  expect(() => ingestedFrom([], 0)).toThrow(RangeError)
})
