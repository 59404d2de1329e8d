import { expect, test } from '@jest/globals'
import { verifiedNotification } from './verifiedNotification.ts'

const message = { event: 'compute.instance.exists.verified', messageId: 'new', originalMessageId: 'old' }

test('the exists gets another event type and message id, and keeps its digits', () => {
  const stored = `["monitor.info", {"event_type": "compute.instance.exists", "message_id": "old", "payload": {"bw_out": 9007199254740993, "ram": 1.50}}]`
  expect(verifiedNotification(stored, message)).toBe(
    '{"event_type":"compute.instance.exists.verified","message_id":"new","payload":{"bw_out":9007199254740993,"ram":1.50},"original_message_id":"old"}',
  )
})

test('JSON that is not a stored notification is an error', () => {
  expect(() => verifiedNotification('{"event_type": "x"}', message)).toThrow(TypeError)
})
