import { describe, expect, test } from '@jest/globals'
import { MINUTE } from '../core/time.ts'
import { formats, type RequestInstanceTruth, simulateCloud } from '../index.ts'
import { type ReadMessage, readMessage } from '../testkit/readMessage.ts'

const options = { seed: 'requests', operations: 400, operationsPerMinute: 4, failures: 0.3, slowRequests: 0.1 }

/** Removes duplicates, and the versioned counterparts of classic messages. */
function counted(messages: readonly ReadMessage[]): ReadMessage[] {
  const key = ({ instance, request, event }: ReadMessage) => `${instance} ${request} ${event}`
  const classic = new Set(messages.filter(({ versioned }) => !versioned).map(key))
  const withoutCounterparts = messages.filter((message) => !message.versioned || !classic.has(key(message)))
  return [...new Map(withoutCounterparts.map((message) => [message.messageId, message])).values()]
}

describe.each([...formats])('requests of a cloud that sends %s', (format) => {
  const cloud = simulateCloud({ ...options, format, duplicates: 0.1 })
  const messages = counted([...cloud.messages].map(readMessage))
  const { requests } = cloud.truth()
  const pairs = Object.entries(requests).flatMap(([request, { instances }]) =>
    Object.entries(instances).map(([instance, pair]) => ({ request, instance, pair })),
  )
  const some = (predicate: (pair: RequestInstanceTruth) => boolean): boolean =>
    pairs.some(({ pair }) => predicate(pair))

  test('last from the first notification of an instance to the last', () => {
    const times = new Map<string, number[]>()
    for (const { instance, request, event, when } of messages) {
      if (instance === '' || request === '' || event === 'compute.instance.exists') continue
      const key = `${request} ${instance}`
      times.set(key, [...(times.get(key) ?? []), when])
    }
    expect(pairs.length).toBe(times.size)
    for (const { request, instance, pair } of pairs) {
      const timestamps = times.get(`${request} ${instance}`) ?? []
      const [first, last] = [Math.min(...timestamps), Math.max(...timestamps)]
      expect({ request, instance, ...pair }).toMatchObject({ request, instance, first, last, duration: last - first })
    }
  })

  test('some are slow, as configured', () => {
    const slow = pairs.filter(({ pair }) => pair.duration > 40 * MINUTE)
    expect(slow.length).toBeGreaterThan(10)
    expect(slow.length).toBeLessThan(pairs.length / 5)
    expect(pairs.every(({ pair }) => pair.duration > 40 * MINUTE || pair.duration < 10 * MINUTE)).toBe(true)
  })

  test('fail in every way that the format can express', () => {
    const hasCodes = format !== 'versioned'
    expect(some(({ errorCodes }) => errorCodes.some((code) => code === 400))).toBe(hasCodes)
    expect(some(({ errorCodes }) => errorCodes.some((code) => code === 500))).toBe(hasCodes)
    expect(some(({ errorCodes }) => errorCodes.includes(null))).toBe(true)
    // The error of a failed rescue has the instance in the classic format only.
    expect(some(({ errorCodes, stateError }) => stateError && errorCodes.length === 0)).toBe(!hasCodes)
    expect(some(({ errorCodes, stateError }) => stateError && errorCodes.every((code) => code === null))).toBe(true)
    expect(some(({ errorCodes, stateError }) => !stateError && errorCodes.length > 0)).toBe(true)
  })

  test('have the code of each error, and whether the instance was left in error', () => {
    const errors = new Map<string, unknown[]>()
    const states = new Map<string, boolean>()
    for (const { instance, request, routingKey, state, oldState, code } of messages) {
      if (instance === '') continue
      const key = `${request} ${instance}`
      if (/\.error$/.test(routingKey)) errors.set(key, [...(errors.get(key) ?? []), code])
      if (oldState === undefined || oldState === state) continue
      if (state === 'error') states.set(key, true)
      else if (state !== 'deleted') states.set(key, false)
    }
    for (const { request, instance, pair } of pairs) {
      const key = `${request} ${instance}`
      expect({ key, codes: pair.errorCodes }).toEqual({ key, codes: errors.get(key) ?? [] })
      expect({ key, error: pair.stateError }).toEqual({ key, error: states.get(key) ?? false })
    }
  })
})
