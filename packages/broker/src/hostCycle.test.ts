import { expect, test } from '@jest/globals'
import { HostCycle } from './hostCycle.ts'

test.each([
  [0, ['a', 'b', 'c', 'a', 'b']],
  [0.5, ['b', 'c', 'a', 'b', 'c']],
  [0.999, ['c', 'a', 'b', 'c', 'a']],
])('hosts in turn, beginning at %d of the list', (random, hosts) => {
  const cycle = new HostCycle(['a', 'b', 'c'], () => random)
  expect(hosts.map(() => cycle.next())).toEqual(hosts)
  expect(cycle.length).toBe(3)
})

test('no hosts', () => {
  expect(() => new HostCycle([])).toThrow('needs a host')
})
