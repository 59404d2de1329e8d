import { expect, test } from '@jest/globals'
import { reconnectDelay } from './connectWithRecovery.ts'

const delays = (hosts: number, random: number) =>
  Array.from({ length: 7 }, (_, index) => reconnectDelay(index + 1, hosts, () => random))

test('the delay doubles with each round over the hosts, in milliseconds', () => {
  expect(delays(1, 1)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000])
  expect(delays(3, 1)).toEqual([500, 500, 500, 1_000, 1_000, 1_000, 2_000])
})

test('a fifth of the delay is random', () => {
  expect(delays(3, 0)[0]).toBe(400)
  expect(reconnectDelay(1e9, 1, () => 0)).toBe(12_000)
})
