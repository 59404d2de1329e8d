import { expect, test } from '@jest/globals'
import { parseInstant } from '@stacktach/domain'
import { bodySizeText, isTruncated, rejectedObject, shortDetail } from './rejectedMessage.ts'

const message = {
  id: 7,
  deployment: 'east',
  exchange: 'nova',
  routingKey: 'notifications.info',
  reason: 'not json',
  detail: 'Unexpected token',
  size: 70_000,
  kept: 70_000,
  receivedAt: parseInstant('2026-11-20 13:00:00') ?? 0,
}

test('a message as JSON', () => {
  expect(rejectedObject(message)).toEqual({
    id: 7,
    deployment: 'east',
    exchange: 'nova',
    routing_key: 'notifications.info',
    reason: 'not json',
    detail: 'Unexpected token',
    size: 70_000,
    received_at: '2026-11-20 13:00:00',
    truncated: false,
  })
})

test('a message stored only in part is truncated', () => {
  expect(isTruncated(message)).toBe(false)
  expect(bodySizeText(message)).toBe('70000')
  const truncated = { ...message, kept: 4_096 }
  expect(isTruncated(truncated)).toBe(true)
  expect(bodySizeText(truncated)).toBe('70000 (4096 stored)')
  expect(rejectedObject(truncated)).toMatchObject({ truncated: true })
})

test('a detail is cut to 80 characters on one line', () => {
  expect(shortDetail('two\n  lines')).toBe('two lines')
  expect(shortDetail('x'.repeat(80))).toBe('x'.repeat(80))
  expect(shortDetail('x'.repeat(81))).toBe(`${'x'.repeat(79)}…`)
})
