import { gzipSync } from 'node:zlib'
import { describe, expect, test } from '@jest/globals'
import { EARLIEST, type Rules } from '@stacktach/domain'
import { type CapturedMessage, captured, capturedStreams } from '@stacktach/testing'
import { type ReadOptions, readMessage, sha256, storageWindow, truncate } from './readMessage.ts'
import { rejectedRow } from './rejectedRow.ts'

const SECOND = 1_000_000

/** 2026-11-24 00:00:00: the day after the streams were recorded. */
const now = 1_795_478_400 * SECOND

const MAX_BODY = 1_048_576

const options: ReadOptions = { maxBody: MAX_BODY, rules: 'today', controlExchanges: ['openstack'] }

function read({ exchange, routing_key, body }: CapturedMessage, maxBody = MAX_BODY) {
  return readMessage({ exchange, routingKey: routing_key, body }, { ...options, maxBody })
}

function rowOf(message: CapturedMessage) {
  const result = read(message)
  if (result.kind === 'rejected') throw new Error(`${result.reason}: ${result.detail}`)
  return result.row
}

/** The notification in a recorded message, as text. */
function notificationIn(body: Buffer): string {
  const outer = JSON.parse(body.toString())
  return outer['oslo.message'] ?? body.toString()
}

describe.each(capturedStreams)('every message of %s', (stream) => {
  const messages = captured(stream)

  test('is parsed into a row of its service', () => {
    const service = stream.startsWith('glance') ? 'glance' : 'nova'
    expect(new Set(messages.map((message) => rowOf(message).table))).toEqual(new Set([service]))
  })

  test('is parsed into the same row from an exchange of all services', () => {
    // On its own exchange, every notification is the service's; the others carry `metadef_*` and `task.*` of glance.
    const shared = messages.filter(({ body }) => !/"(?:metadef_\w+|task)\.\w+\\?"/.test(body.toString()))
    expect(shared.length).toBeGreaterThan(messages.length / 2)
    for (const message of shared) expect(rowOf({ ...message, exchange: 'openstack' })).toEqual(rowOf(message))
  })

  test('is stored unchanged, character by character, except for secrets', () => {
    for (const message of messages) {
      const { json } = rowOf(message)
      const notification = notificationIn(message.body)
      const original = `["${message.routing_key}", ${notification}]`
      if (!notification.includes('not-a-real-token')) expect(json).toBe(original)
      else expect(json).not.toContain('not-a-real-token')
      expect(JSON.parse(json)[1].event_type).toBe(JSON.parse(notification).event_type)
    }
  })
})

test('notifications that were sent to two topics have the same identity', () => {
  const rows = captured('nova_unversioned_two-topics').map(rowOf)
  expect(new Set(rows.map(({ dedupKey }) => dedupKey)).size).toBe(rows.length / 2)
  expect(new Set(rows.map(({ dedupKey, when }) => `${dedupKey} ${when}`)).size).toBe(rows.length / 2)
})

test('a message on which parsing fails by a bug is rejected, so that it is not redelivered forever', () => {
  const failing = () => {
    throw new TypeError('no such digest')
  }
  const body = Buffer.from(JSON.stringify({ event_type: 'e', publisher_id: 'p', timestamp: '2026-11-23 20:05:38' }))
  expect(readMessage({ exchange: 'nova', routingKey: 'notifications.info', body }, options, failing)).toEqual({
    kind: 'rejected',
    reason: 'not understood',
    detail: 'a bug of this program; replay when fixed: TypeError: no such digest',
  })
})

test.each([
  ['gzip', gzipSync('{}')],
  ['UTF-16', Buffer.from('\ufeff{}', 'utf16le')],
])('a body in %s is rejected with its likely encoding', (name, body) => {
  expect(read({ exchange: 'nova', routing_key: 'notifications.info', body })).toEqual({
    kind: 'rejected',
    reason: 'not utf-8',
    detail: `the body is not UTF-8 text, but ${name}`,
  })
})

test('a message that is too large is truncated, with the size and digest of the full body', () => {
  const body = Buffer.alloc(MAX_BODY + 1, 'x')
  const full = { exchange: 'nova', routingKey: 'notifications.info', body }
  const truncated = truncate(full, MAX_BODY)
  expect(truncated.body.buffer.byteLength).toBe(65_536)
  const rows = [full, truncated].map((message) => {
    const result = readMessage(message, options)
    if (result.kind === 'stored') throw new Error('it was stored')
    return rejectedRow('east', message, result, now)
  })
  expect(rows[1]).toEqual(rows[0])
  expect(rows[0]).toMatchObject({ reason: 'too large', body_size: MAX_BODY + 1, body_sha256: sha256(body) })
  const small = { ...full, body: body.subarray(1) }
  expect(truncate(small, MAX_BODY)).toBe(small)
})

describe('a body is rejected', () => {
  const message = { exchange: 'nova', routing_key: 'notifications.info', body: Buffer.from('{"é":1}') }

  test('that is larger than the maximum, in bytes', () => {
    expect(read(message, 7)).toMatchObject({ kind: 'rejected', reason: 'too large' })
    expect(read(message, 8)).toMatchObject({ kind: 'rejected', reason: 'no event_type' })
  })

  test('that is not UTF-8', () => {
    expect(read({ ...message, body: Buffer.from('{"é":1}', 'latin1') })).toMatchObject({ reason: 'not utf-8' })
  })
})

test('the storage window is 2010 until two days ahead', () => {
  expect(storageWindow(now)).toEqual({ from: EARLIEST, until: now + 2 * 86_400 * SECOND + 1 })
  expect(EARLIEST).toBe((Date.UTC(2010, 0, 1) / 1000) * SECOND)
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
})

describe('a rejected message', () => {
  const body = Buffer.alloc(100_000, 'x')
  const message = { exchange: 'no\0va', routingKey: 'a.\0', body }

  test('is stored in full, with its reason and digest', () => {
    const rejection = { reason: 'not json' as const, detail: 'unexpected \0' }
    expect(rejectedRow('cloud', message, rejection, now)).toEqual({
      deployment: 'cloud',
      exchange: 'no\ufffdva',
      routing_key: 'a.\ufffd',
      reason: 'not json',
      detail: 'unexpected \ufffd',
      body,
      body_size: 100_000,
      body_sha256: sha256(body),
      received_at: now,
    })
  })

  test('that is too large is stored with its first 64 KB', () => {
    expect(rejectedRow('cloud', message, { reason: 'too large', detail: '' }, now)).toMatchObject({
      body: body.subarray(0, 65_536),
      body_size: 100_000,
      body_sha256: sha256(body),
    })
  })
})

test('under the rules of StackTach, the service follows from the exchange only', () => {
  const [message] = captured('nova_unversioned')
  if (message === undefined) throw new Error('the stream is empty')
  const { routing_key: routingKey, body } = message
  const tableOf = (exchange: string, rules: Rules) => {
    const result = readMessage({ exchange, routingKey, body }, { ...options, rules })
    return result.kind === 'stored' ? result.row.table : result.reason
  }
  expect(tableOf('openstack', 'today')).toBe('nova')
  expect(tableOf('openstack', 'stacktach')).toBe('generic')
  expect(tableOf('neutron', 'today')).toBe('generic')
  expect(tableOf('nova', 'stacktach')).toBe('nova')
})
