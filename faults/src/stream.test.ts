import { expect, test } from '@jest/globals'
import { stream } from './stream.ts'

function timestampOf(body: Buffer): unknown {
  const outer = JSON.parse(body.toString())
  const inner = outer['oslo.message']
  return (typeof inner === 'string' ? JSON.parse(inner) : outer).timestamp
}

test('both copies of a message have the same time, even if the host clock changes in between', () => {
  let wrongClocks = false
  const times = new Map<string, unknown[]>()
  for (const { messageId, body } of stream(2_000, 1, () => wrongClocks)) {
    times.set(messageId, [...(times.get(messageId) ?? []), timestampOf(body)])
    wrongClocks = !wrongClocks
  }
  const twice = [...times.values()].filter((copies) => copies.length > 1)
  expect(twice.length).toBeGreaterThan(20)
  expect(twice.filter((copies) => new Set(copies).size > 1)).toEqual([])
})
