import { expect, test } from '@jest/globals'
import { createRandom } from './random.ts'
import { createTimeQueue } from './timeQueue.ts'

test('pops by time, and in order of insertion at the same time', () => {
  const random = createRandom('queue')
  const queue = createTimeQueue<string>()
  const expected = Array.from({ length: 2000 }, (_, i) => ({ at: random.int(0, 300), name: `${i}` }))
  for (const { at, name } of expected) queue.push(at, name)
  // A stable sort keeps the order of insertion.
  const names = [...expected].sort((a, b) => a.at - b.at).map(({ name }) => name)
  expect(names.map(() => queue.pop())).toEqual(names)
  expect(queue.pop()).toBeUndefined()
  expect(queue.nextAt()).toBe(Number.POSITIVE_INFINITY)
})
