import { expect, test } from '@jest/globals'
import { createRandom } from './random.ts'

test('the same seed gives the same numbers; forks give different ones', () => {
  const draw = (seed: string) => {
    const random = createRandom(seed)
    return Array.from({ length: 20 }, () => random.next())
  }
  expect(draw('a')).toEqual(draw('a'))
  expect(draw('a')).not.toEqual(draw('b'))
  expect(createRandom('a').fork('x').next()).not.toBe(createRandom('a').fork('y').next())
})

test('numbers are distributed evenly', () => {
  const random = createRandom('even')
  const counts = Array.from({ length: 10 }, () => 0)
  for (let i = 0; i < 100_000; i++) {
    const n = random.int(0, 9)
    counts[n] = (counts[n] ?? 0) + 1
  }
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
})

test('ids are well-formed and unique', () => {
  const random = createRandom('ids')
  const ids = Array.from({ length: 20_000 }, () => random.uuid())
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(true)
  expect(random.hex(4)).toMatch(/^[0-9a-f]{32}$/)
})
