import { describe, expect, test } from '@jest/globals'
import { type NormalizeResult, type NotificationRow, outsideWindow, serviceOf } from '@stacktach/domain'
import { type CapturedMessage, captured, capturedStreams, effort, mutated } from '@stacktach/testing'
import fc from 'fast-check'
import { type Message, readMessage, storageWindow } from './readMessage.ts'
import { rejectedRow } from './rejectedRow.ts'

/**
 * Every run generates new messages. A failure prints its seed; reproduce it with HOSTILE_SEED=… and jest's `-t` with the
 * name of the test. TEST_EFFORT multiplies the number of messages, for a longer search.
 */
const seed = Number(process.env.HOSTILE_SEED ?? Date.now() % 2 ** 31)
const runs = effort(1_500)

const SECOND = 1_000_000

/** 2026-11-24 00:00:00: the day after the streams were recorded. */
const now = 1_795_478_400 * SECOND

const options = { maxBody: 1_048_576, rules: 'today', controlExchanges: ['openstack'] } as const

function asDelivered({ exchange, routing_key, body }: CapturedMessage): Message {
  return { exchange, routingKey: routing_key, body }
}

function read(message: CapturedMessage): NormalizeResult {
  const result = readMessage(asDelivered(message), options)
  return (result.kind === 'stored' ? outsideWindow(result.row.when, storageWindow(now)) : null) ?? result
}

/** Characters that PostgreSQL's text rejects. */
const unstorable = /\0|\p{Surrogate}/u

/** The first value of a row that its column would reject or change; null when there is none. */
function faultIn(row: NotificationRow): string | null {
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === 'string') {
      if (unstorable.test(value)) return `${name} contains characters that text rejects`
      if (name !== 'json' && Buffer.byteLength(value) > 1024) return `${name} is too long for an index`
    } else if (typeof value === 'number') {
      if (!Number.isSafeInteger(value)) return `${name} is ${value}`
    } else if (typeof value !== 'boolean' && value !== null && name !== 'facts') return `${name} is a ${typeof value}`
  }
  return row.table === 'generic' ? null : faultInFacts(row.facts)
}

/** Facts are times, counts in digits, and short strings. */
function faultInFacts(facts: unknown): string | null {
  const text = JSON.stringify(facts)
  if (text.length > 0 && /\\u(?:0000|d[89a-f])/i.test(text))
    return `facts contain escapes that json operators reject: ${text}`
  for (const [name, value] of leaves(facts)) {
    if (/At$|Beginning$|Ending$/.test(name)) {
      if (!Number.isInteger(value) || Math.abs(Number(value)) > 2.6e17) return `${name} is ${value}`
    } else if (/^(?:bandwidthPublicOut|size)$/.test(name)) {
      if (typeof value !== 'string' || !/^\d{1,19}$/.test(value) || BigInt(value) >= 2n ** 63n)
        return `${name} is ${value}`
    } else if (name === 'memoryMb') {
      if (!Number.isSafeInteger(value)) return `${name} is ${value}`
    } else if (typeof value !== 'string' || Buffer.byteLength(value) > 1024) return `${name} is ${typeof value}`
  }
  return null
}

function leaves(value: unknown, name = ''): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return value === null ? [] : [[name, value]]
  return Object.entries(value).flatMap(([key, item]) => leaves(item, Array.isArray(value) ? name : key))
}

describe.each(capturedStreams)('mutated messages of %s', (stream) => {
  const messages = mutated(captured(stream))
  const share = Math.ceil(runs / capturedStreams.length)

  test(`are rows that PostgreSQL accepts, or are rejected with an understandable reason (seed ${seed})`, () => {
    const reasons = new Map<string, number>()
    fc.assert(
      fc.property(messages, (message) => {
        const result = read(message)
        if (result.kind === 'stored') {
          expect(faultIn(result.row)).toBeNull()
          const stored: unknown = JSON.parse(result.row.json)
          expect(stored).toEqual([message.routing_key, expect.any(Object)])
          expect(result.row.table).toBe(serviceOf(message.exchange))
        } else {
          expect(result.reason).not.toBe('not understood')
          expect(result.detail.length).toBeGreaterThan(10)
          expect(result.detail.length).toBeLessThan(300)
          expect(rejectedRow('east', asDelivered(message), result, now).detail).not.toMatch(/\0/)
        }
        const reason = result.kind === 'stored' ? 'stored' : result.reason
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
      }),
      { seed, numRuns: share },
    )
    // Most mutations leave a message valid. If all were rejected, the property would assert nothing.
    expect(reasons.get('stored') ?? 0).toBeGreaterThan(share / 5)
    expect(reasons.size).toBeGreaterThan(3)
  })
})

describe('a secret', () => {
  const secret = 'hush-5e7c0f'
  const names = [
    'auth_token',
    '_context_auth_token',
    'adminPass',
    'admin_pass',
    'rabbit_password',
    'userData',
    'user_data',
  ]

  /** A secret in nested notations: JSON, a string of JSON, Python, and JSON within a sentence. */
  const nestedSecret: fc.Arbitrary<unknown> = fc
    .tuple(
      fc.constantFrom(...names),
      fc.constantFrom<unknown>(secret, [secret], { token: secret }, `a"b'c\\ ${secret}`),
      fc.array(fc.constantFrom('object', 'list', 'json', 'python', 'sentence'), { maxLength: 7 }),
    )
    .map(([name, value, layers]) =>
      layers.reduce<unknown>(
        (inside, layer) => {
          if (layer === 'object') return { name: 'x', inside }
          if (layer === 'list') return [1, inside]
          if (layer === 'json') return JSON.stringify(inside)
          if (layer === 'python') return python(inside)
          return `failed: ${JSON.stringify(inside)} twice`
        },
        { [name]: value },
      ),
    )

  test(`is removed from the stored row, wherever it is (seed ${seed})`, () => {
    const messages = capturedStreams.flatMap((stream) => captured(stream))
    fc.assert(
      fc.property(fc.constantFrom(...messages), fc.nat(), nestedSecret, (message, place, planted) => {
        const result = read({ ...message, body: withPlanted(message.body, place, planted) })
        expect(JSON.stringify(result)).not.toContain(secret)
        expect(result.kind).toBe('stored')
      }),
      { seed, numRuns: runs },
    )
  })
})

/** Formats a value like Python's repr. */
function python(value: unknown): string {
  if (typeof value === 'string') {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'"
    const escaped = value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
    return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote
  }
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`
  if (typeof value !== 'object' || value === null) return value === null ? 'None' : String(value)
  return `{${Object.entries(value)
    .map(([key, item]) => `${python(key)}: ${python(item)}`)
    .join(', ')}}`
}

/** Adds a member to a captured message: in the payload for an even `place`, else in the notification. */
function withPlanted(body: Buffer, place: number, planted: unknown): Buffer {
  const outer = JSON.parse(body.toString())
  const notification = typeof outer['oslo.message'] === 'string' ? JSON.parse(outer['oslo.message']) : outer
  const data = notification.payload?.['nova_object.data'] ?? notification.payload
  const target = place % 2 === 0 && typeof data === 'object' && data !== null ? data : notification
  target.planted = planted
  const text = JSON.stringify(notification)
  return Buffer.from(notification === outer ? text : JSON.stringify({ ...outer, 'oslo.message': text }))
}
