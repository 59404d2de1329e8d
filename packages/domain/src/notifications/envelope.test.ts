import { describe, expect, test } from '@jest/globals'
import { classic, context, EVENING, enveloped, novaRow, object, read, versioned } from '../testkit/message.ts'
import { EARLIEST } from './storageWindow.ts'

describe('a message is accepted', () => {
  test('bare', () => {
    expect(novaRow(classic()).messageId).toBe('message')
  })

  test('in an envelope as a JSON string, which is stored', () => {
    const row = novaRow(enveloped(classic()))
    expect(row).toEqual(novaRow(classic()))
    expect(row.json).toBe(`["notifications.info", ${JSON.stringify(classic())}]`)
  })

  test('in an envelope, as an object', () => {
    expect(novaRow({ 'oslo.version': '2.0', 'oslo.message': classic() })).toEqual(novaRow(classic()))
  })

  test('versioned, in an envelope or bare', () => {
    const notification = versioned('instance.lock', { uuid: 'server' })
    expect(novaRow(enveloped(notification))).toEqual(novaRow(notification))
    expect(novaRow(notification)).toMatchObject({ versioned: true, instance: 'server' })
  })
})

test('the stored text has every character of the notification', () => {
  const text = `{ "event_type":"e",  "publisher_id": "p.h","timestamp":"2026-11-23 20:05:38", "payload":{"b":1.0,"a":9007199254740993, "s":"\\u00e9\\/"}}`
  expect(novaRow(text).json).toBe(`["notifications.info", ${text}]`)
})

const notAnObject = [
  ['an array', '[]'],
  ['a string', '"text"'],
  ['a number', '5'],
  ['null', 'null'],
  ['true', 'true'],
]

describe('a body is rejected', () => {
  test.each([
    '',
    '{',
    '{"a":}',
    'text',
    "{'a': 1}",
    '{"a":1}{"a":1}',
    '{"a":NaN}',
    '{"a":"\n"}',
    '{"a":12345678901234567890,}',
  ])('that is not JSON: %j', (body) => {
    expect(read(body)).toMatchObject({ kind: 'rejected', reason: 'not json' })
  })

  test('without quoting it, because it may contain a secret', () => {
    for (const body of ['hush-5e7c', '{"password": "hush-5e7c", }', '{"password": "hush-5e7c"} hush-5e7c']) {
      for (const text of [
        body,
        JSON.stringify({ 'oslo.version': '2.0', 'oslo.message': body }),
        `${body}1234567890123456`,
      ]) {
        const result = read(text)
        expect(result).toMatchObject({
          kind: 'rejected',
          detail: expect.stringMatching(/^(the body|oslo.message) is not JSON: ./),
        })
        expect(result).not.toMatchObject({ detail: expect.stringContaining('hush') })
      }
    }
    for (const event_type of [{ auth_token: 'hush' }, [{ auth_token: 'hush' }]]) {
      expect(read(classic({ event_type }))).toMatchObject({
        detail: expect.stringMatching(/^event_type is (an object|a list)$/),
      })
    }
  })

  test.each(notAnObject)('that is %s', (_, body) => {
    expect(read(body)).toMatchObject({ kind: 'rejected', reason: 'not an object' })
  })

  test.each([...notAnObject, ['not JSON', '{'], ['empty', '']])('whose inner message is %s', (_, inner) => {
    const result = read({ 'oslo.version': '2.0', 'oslo.message': inner })
    expect(result).toMatchObject({ kind: 'rejected', reason: 'bad envelope' })
  })

  test.each([[null], [5], [[]], [undefined]])('whose inner message is neither a string nor an object: %j', (inner) => {
    const result = read({ 'oslo.version': '2.0', 'oslo.message': inner })
    expect(result).toMatchObject({ kind: 'rejected', reason: 'bad envelope' })
  })

  test('that is nested too deeply, also inside an envelope', () => {
    const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
    expect(read(nested(101))).toMatchObject({ reason: 'nested too deeply' })
    expect(read(nested(100))).toMatchObject({ reason: 'no event_type' })
    expect(read(nested(100_000))).toMatchObject({ reason: 'nested too deeply' })
    const inEnvelope = read({ 'oslo.version': '2.0', 'oslo.message': nested(101) })
    expect(inEnvelope).toMatchObject({ reason: 'bad envelope', detail: 'oslo.message is nested more than 100 deep' })
    expect(read(JSON.stringify(classic({ payload: '{['.repeat(1000) }))).kind).toBe('stored')
  })
})

describe('a notification is rejected', () => {
  test.each([undefined, null, '', 5, {}])('whose event_type is %j', (event_type) => {
    expect(read(classic({ event_type }))).toMatchObject({ kind: 'rejected', reason: 'no event_type' })
  })

  test.each([undefined, null, '', 'yesterday', 1_795_464_338, '2026-02-31 00:00:00'])(
    'whose time is %j',
    (timestamp) => {
      expect(read(classic({ timestamp }))).toMatchObject({ kind: 'rejected', reason: 'no time' })
    },
  )

  test('whose time is out of range', () => {
    const outOfRange = { kind: 'rejected', reason: 'time out of range' }
    expect(read(classic({ timestamp: '2009-12-31 23:59:59.999999' }))).toMatchObject(outOfRange)
    expect(read(classic({ timestamp: '2010-01-01 00:00:00' }))).toMatchObject({ kind: 'stored' })
    expect(read(classic({ timestamp: '2026-11-25 20:05:38' }))).toMatchObject({ kind: 'stored' })
    expect(read(classic({ timestamp: '2026-11-25 20:05:38.000001' }))).toMatchObject(outOfRange)
    expect(read(classic({ timestamp: '9999-12-31 23:59:59' }))).toMatchObject(outOfRange)
  })

  test('whose time is before the horizon', () => {
    const sinceEvening = { ...context, from: EVENING }
    expect(EARLIEST).toBeLessThan(EVENING)
    expect(read(classic({ timestamp: '2026-11-23 20:05:37.999999' }), 'nova', sinceEvening)).toMatchObject({
      reason: 'too old',
      detail:
        '2026-11-23 20:05:37.999999 is before 2026-11-23 20:05:38, and notifications before that time are not kept',
    })
    expect(read(classic(), 'nova', sinceEvening).kind).toBe('stored')
  })

  test.each([
    ['event_type', 'event'],
    ['publisher_id', 'publisher'],
    ['message_id', 'dedupKey'],
    ['_context_request_id', 'requestId'],
  ])('whose %s is too long for an index', (field, column) => {
    expect(read(classic({ [field]: 'x'.repeat(1024) })).kind).toBe('stored')
    const tooLong = read(classic({ [field]: 'x'.repeat(1025) }))
    expect(tooLong).toMatchObject({ kind: 'rejected', reason: 'value too long' })
    expect(tooLong).toHaveProperty('detail', expect.stringMatching(`^(${column}|messageId) has 1025 characters`))
    // The limit is in bytes of UTF-8: é has two, € three, 😀 four.
    expect(read(classic({ [field]: 'é'.repeat(512) })).kind).toBe('stored')
    expect(read(classic({ [field]: 'é'.repeat(513) })).kind).toBe('rejected')
    expect(read(classic({ [field]: '€'.repeat(342) })).kind).toBe('rejected')
    expect(read(classic({ [field]: '😀'.repeat(256) })).kind).toBe('stored')
  })
})

test('a payload may have any size and content', () => {
  const notification = classic({ payload: { message: 'x'.repeat(100_000), list: [1, null, object('Thing', {})] } })
  expect(read(notification).kind).toBe('stored')
})
