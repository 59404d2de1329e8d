import { expect, test } from '@jest/globals'
import type { Fault } from './faults/fault.ts'
import { parseOptions } from './options.ts'
import { planSegments, segmentMessages } from './plan.ts'

const faults: Fault[] = ['kill', 'cut', 'clocks', 'wipe'].map((name) => ({
  name,
  hostClocks: name === 'clocks',
  inject: async () => {},
}))

const options = (seed: number) =>
  parseOptions(['--notifications', '400', '--seed', String(seed), '--rounds', '2'], () => 0)

/** Everything that depends on the seed. */
function planFor(seed: number) {
  const segments = planSegments(faults, options(seed))
  const messages = [...segmentMessages(segments, options(seed))].map((segment) =>
    segment.map(({ body, ...route }) => ({ ...route, body: body.toString() })),
  )
  return { order: segments.map(({ fault, injectAfter }) => ({ fault: fault.name, injectAfter })), messages }
}

test('the same seed gives the same faults in the same order, and the same stream', () => {
  expect(planFor(7)).toEqual(planFor(7))
  expect(planFor(8).order).not.toEqual(planFor(7).order)
})

test('each fault is injected once per round, within its segment of the stream', () => {
  const segments = planSegments(faults, options(7))
  expect(segments.map(({ fault }) => fault.name).sort()).toEqual(faults.flatMap(({ name }) => [name, name]).sort())
  for (const { injectAfter, notifications } of segments) expect(injectAfter).toBeLessThan(notifications)
})

test('the stream has the requested number of distinct notifications', () => {
  const { messages } = planFor(7)
  const ids = messages.flat().map(({ messageId }) => messageId)
  expect(new Set(ids).size).toBe(400)
  expect(ids.length).toBeGreaterThan(400)
})

test('both copies of a notification have the same time if the host has a wrong clock', () => {
  const times = new Map<string, Set<string>>()
  for (const { messageId, body } of planFor(7).messages.flat()) {
    const envelope = JSON.parse(body)
    const { timestamp } = JSON.parse(envelope['oslo.message'])
    times.set(messageId, (times.get(messageId) ?? new Set()).add(timestamp))
  }
  const days = new Set([...times.values()].flatMap((timestamps) => [...timestamps].map((time) => time.slice(0, 10))))
  expect(days).toEqual(new Set(['2026-01-14', '2026-01-15', '2026-01-16']))
  for (const timestamps of times.values()) expect(timestamps.size).toBe(1)
})
