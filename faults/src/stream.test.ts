import { expect, test } from '@jest/globals'
import { stream } from './stream.ts'

function timeIn(body: Buffer): unknown {
  const outer = JSON.parse(body.toString())
  const inner = outer['oslo.message']
  return (typeof inner === 'string' ? JSON.parse(inner) : outer).timestamp
}

test('a message that is sent twice has one time, whenever the clocks of its host go wrong in between', () => {
  let off = false
  const times = new Map<string, unknown[]>()
  for (const { messageId, body } of stream(2_000, 1, () => off)) {
    times.set(messageId, [...(times.get(messageId) ?? []), timeIn(body)])
    off = !off
  }
  const twice = [...times.values()].filter((sent) => sent.length > 1)
  expect(twice.length).toBeGreaterThan(20)
  expect(twice.filter((sent) => new Set(sent).size > 1)).toEqual([])
})
