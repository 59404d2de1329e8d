import { expect, test } from '@jest/globals'
import type { Fault } from './faults/fault.ts'
import { parseOptions } from './options.ts'
import { planActs, scenes } from './plan.ts'

const faults: Fault[] = ['kill', 'cut', 'clocks', 'wipe'].map((name) => ({
  name,
  hostClocks: name === 'clocks',
  inflict: async () => {},
}))

const options = (seed: number) =>
  parseOptions(['--notifications', '1000', '--seed', String(seed), '--rounds', '2'], () => 0)

/** All that a seed decides. */
function everything(seed: number) {
  const acts = planActs(faults, options(seed))
  const messages = [...scenes(acts, options(seed))].map((scene) =>
    scene.map(({ body, ...route }) => ({ ...route, body: body.toString() })),
  )
  return { order: acts.map(({ fault, moment }) => ({ fault: fault.name, moment })), messages }
}

test('a seed that is given back gives the same faults in the same order, and the same stream', () => {
  expect(everything(7)).toEqual(everything(7))
  expect(everything(8).order).not.toEqual(everything(7).order)
})

test('each fault comes as often as there are rounds, in the middle of its part of the stream', () => {
  const acts = planActs(faults, options(7))
  expect(acts.map(({ fault }) => fault.name).sort()).toEqual(faults.flatMap(({ name }) => [name, name]).sort())
  for (const { moment, notifications } of acts) expect(moment).toBeLessThan(notifications)
})

test('the stream has as many notifications as asked for, however many are sent twice', () => {
  const { messages } = everything(7)
  const ids = messages.flat().map(({ messageId }) => messageId)
  expect(new Set(ids).size).toBe(1000)
  expect(ids.length).toBeGreaterThan(1000)
})

test('a notification whose host has a wrong clock has the same time wherever it is sent', () => {
  const times = new Map<string, Set<string>>()
  for (const { messageId, body } of everything(7).messages.flat()) {
    const envelope = JSON.parse(body)
    const { timestamp } = JSON.parse(envelope['oslo.message'])
    times.set(messageId, (times.get(messageId) ?? new Set()).add(timestamp))
  }
  const days = new Set([...times.values()].flatMap((found) => [...found].map((time) => time.slice(0, 10))))
  expect(days).toEqual(new Set(['2026-01-14', '2026-01-15', '2026-01-16']))
  for (const found of times.values()) expect(found.size).toBe(1)
})
