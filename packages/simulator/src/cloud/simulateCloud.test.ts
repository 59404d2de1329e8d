import { describe, expect, test } from '@jest/globals'
import { HOUR, MINUTE } from '../core/time.ts'
import { type CloudOptions, simulateCloud } from '../index.ts'

function read(options: CloudOptions, limit = Number.POSITIVE_INFINITY) {
  const cloud = simulateCloud(options)
  const messages = []
  for (const message of cloud.messages) {
    messages.push(message)
    if (messages.length >= limit) break
  }
  return { messages, truth: cloud.truth() }
}

const options = { operations: 120, failures: 0.3, duplicates: 0.1, imageExists: true } satisfies CloudOptions

describe('a simulated cloud', () => {
  test('depends on the seed only', () => {
    const first = read({ ...options, format: 'both', seed: 'a' })
    expect(read({ ...options, format: 'both', seed: 'a' })).toEqual(first)
    expect(read({ ...options, format: 'both', seed: 'b' }).messages[0]).not.toEqual(first.messages[0])
  })

  test.each(['classic', 'envelope', 'versioned', 'both'] as const)(
    'sends %s in order, with distinct times',
    (format) => {
      const { messages } = read({ ...options, format, duplicates: 0 })
      const timestamps = messages.map(({ when }) => when)
      expect(timestamps).toEqual([...timestamps].sort((a, b) => a - b))
      expect(new Set(timestamps).size).toBe(timestamps.length)
      expect(timestamps.every(Number.isSafeInteger)).toBe(true)
    },
  )

  test('can run forever, and the truth covers the messages that were read', () => {
    const { messages, truth } = read({ operations: Number.POSITIVE_INFINITY }, 500)
    expect(messages).toHaveLength(500)
    expect(truth.services.nova.messages + truth.services.glance.messages).toBe(500)
  })

  test('starts its operations at the configured rate', () => {
    const start = Date.UTC(2026, 4, 1, 10, 50) * 1000
    const { messages } = read({ operations: 300, start })
    const last = messages.at(-1)?.when ?? 0
    expect(messages[0]?.when).toBeGreaterThanOrEqual(start)
    expect(last - start).toBeGreaterThan(5.9 * HOUR)
    expect(last - start).toBeLessThan(6 * HOUR + 5 * MINUTE)
    const audits = messages.filter(({ event }) => event.endsWith('instance.exists'))
    expect(new Set(audits.map(({ when }) => Math.floor(when / HOUR))).size).toBeGreaterThanOrEqual(6)
  })

  test('records no truth if keepTruth is false', () => {
    const { truth } = read({ operations: 20, keepTruth: false })
    expect(truth.instances).toEqual({})
    expect(truth.services.nova.notifications).toBe(0)
  })

  test('duplicates differ only in topic and unique id', () => {
    const { messages } = read({ ...options, format: 'classic', duplicates: 1 })
    for (let i = 0; i < messages.length; i += 2) {
      const [original, duplicate] = [messages[i], messages[i + 1]]
      expect(duplicate?.routingKey).toMatch(/^monitor\.(info|error)$/)
      expect(duplicate?.body._unique_id).not.toBe(original?.body._unique_id)
      expect({ ...duplicate?.body, _unique_id: '' }).toEqual({ ...original?.body, _unique_id: '' })
    }
  })

  test.each([
    [{ failures: 1.5 }, /failures/],
    [{ duplicates: -1 }, /duplicates/],
    [{ usageFaults: 2 }, /usageFaults/],
    [{ slowRequests: -1 }, /slowRequests/],
    [{ operations: Number.NaN }, /operations/],
    [{ deployments: [] }, /deployment/],
    [{ deployments: ['a', 'a'] }, /differ/],
    [{ hosts: 1 }, /hosts/],
    [{ start: 0.5 }, /start/],
  ])('rejects %j', (invalid, reason) => {
    expect(() => simulateCloud(invalid)).toThrow(reason)
  })
})
