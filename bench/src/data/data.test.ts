import { expect, test } from '@jest/globals'
import { chains } from './chains.ts'
import { shuffled } from './shuffle.ts'

const START = 1_700_000_000_000_000

const read = (count: number, perInstance: number) =>
  [...chains(count, perInstance, START)].map(
    ({ body }): Record<string, string> & { payload: { instance_id: string } } => JSON.parse(body.toString()),
  )

test('chains have the given number of notifications per instance, in order of time, with distinct ids', () => {
  const notifications = read(100, 10)
  const byInstance = new Map<string, number>()
  for (const { payload } of notifications) {
    byInstance.set(payload.instance_id, (byInstance.get(payload.instance_id) ?? 0) + 1)
  }
  expect([...byInstance.values()]).toEqual(Array(10).fill(10))
  expect(new Set(notifications.map(({ message_id }) => message_id)).size).toBe(100)
  const times = notifications.map(({ timestamp = '' }) => Date.parse(`${timestamp.replace(' ', 'T')}Z`))
  expect(times).toEqual([...times].sort((a, b) => a - b))
})

test('an end in a chain has the request id of its start', () => {
  const starts = new Map<string | undefined, string>()
  for (const { event_type, _context_request_id, payload } of read(60, 6)) {
    if (event_type?.endsWith('.start')) starts.set(_context_request_id, payload.instance_id)
    if (event_type?.endsWith('.end')) expect(starts.get(_context_request_id)).toBe(payload.instance_id)
  }
  expect(starts.size).toBe(20)
})

test('shuffling keeps all items, changes their order, and depends on the seed only', () => {
  const items = Array.from({ length: 1_000 }, (_, index) => index)
  const mixed = shuffled(items, 1)
  expect(mixed).not.toEqual(items)
  expect([...mixed].sort((a, b) => a - b)).toEqual(items)
  expect(shuffled(items, 1)).toEqual(mixed)
  expect(shuffled(items, 2)).not.toEqual(mixed)
})
