import { expect, test } from '@jest/globals'
import type { Arrival } from '@stacktach/db'
import { MAX_ENTRIES, RecentArrivals } from './recentArrivals.ts'

const place = (transaction: number, id = 0) => ({ transaction, service: 'nova' as const, id })

function arrival(transaction: number, id: number): Arrival {
  const notification = {
    id,
    when: 1_795_000_000_000_000,
    routingKey: 'notifications.info',
    deployment: 'east',
    event: 'compute.instance.update',
    host: null,
    state: null,
    oldState: null,
    oldTask: null,
    status: null,
    instance: null,
    requestId: 'req-1',
    subject: null,
  }
  return { position: place(transaction, id), service: 'nova', notification }
}

const idsFrom = (recent: RecentArrivals, from: number | null) =>
  from === null ? null : recent.entries(from, recent.end).map((entry) => entry.arrival.position.id)

test('a position is followed by the later arrivals', () => {
  const recent = new RecentArrivals(place(10), 0)
  recent.push([arrival(10, 4), arrival(10, 6)], place(11))
  recent.push([arrival(12, 5)], place(13))
  const after = (transaction: number, id?: number) => idsFrom(recent, recent.after(place(transaction, id)))
  expect(after(10)).toEqual([4, 6, 5])
  expect(after(10, 4)).toEqual([6, 5])
  expect(after(11)).toEqual([5])
  expect(after(12, 5)).toEqual([])
  expect(after(13)).toEqual([])
  expect(after(9)).toBeNull()
})

test('earlier arrivals can be added once', () => {
  const recent = new RecentArrivals(place(10), 0)
  recent.push([arrival(10, 4)], place(11))
  expect(recent.extendableBefore).toEqual(place(10))
  recent.extend([arrival(7, 1), arrival(8, 2)], place(7))
  recent.extend([arrival(6, 0)], place(6))
  expect(recent.extendableBefore).toBeNull()
  expect(idsFrom(recent, recent.after(place(7)))).toEqual([1, 2, 4])
  expect(idsFrom(recent, recent.after(place(9)))).toEqual([4])
  expect(recent.after(place(6))).toBeNull()
})

test('the oldest arrivals are removed, and positions before them are unknown', () => {
  const recent = new RecentArrivals(place(0), 0)
  const all = Array.from({ length: MAX_ENTRIES + 2_000 }, (_, index) => arrival(index + 1, index + 1))
  recent.push(all.slice(0, -1), place(MAX_ENTRIES + 2_000))
  expect(recent.after(place(0))).toBe(0)
  recent.push(all.slice(-1), place(MAX_ENTRIES + 2_001))
  expect(recent.first).toBe(2_000)
  expect(recent.after(place(1_999))).toBeNull()
  expect(idsFrom(recent, recent.after(place(2_000, 2_000)))).toHaveLength(MAX_ENTRIES)
  expect(recent.extendableBefore).toBeNull()
})

test('the size of the events after an entry is known', () => {
  const recent = new RecentArrivals(place(10), 0)
  recent.push([arrival(10, 4), arrival(10, 5)], place(11))
  recent.extend([arrival(7, 1)], place(7))
  const sizes = recent.entries(recent.first, recent.end).map(({ text }) => text.length)
  const sum = (texts: number[]) => texts.reduce((total, size) => total + size, 0)
  expect(recent.charactersFrom(recent.first)).toBe(sum(sizes))
  expect(recent.charactersFrom(recent.end - 1)).toBe(sizes.at(-1))
  expect(recent.charactersFrom(recent.end)).toBe(0)
  expect(recent.charactersFrom(recent.first - 1)).toBe(Number.POSITIVE_INFINITY)
})
