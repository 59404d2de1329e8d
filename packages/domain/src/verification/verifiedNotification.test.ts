import { expect, test } from '@jest/globals'
import { verifiedNotification } from './verifiedNotification.ts'

const publication = { event: 'compute.instance.exists.verified', messageId: 'new', originalMessageId: 'old' }

test('a verified exists is the exists itself under another name and id, with all of its digits', () => {
  const stored = `["monitor.info", {"event_type": "compute.instance.exists", "message_id": "old", "payload": {"bw_out": 9007199254740993, "ram": 1.50}}]`
  expect(verifiedNotification(stored, publication)).toBe(
    '{"event_type":"compute.instance.exists.verified","message_id":"new","payload":{"bw_out":9007199254740993,"ram":1.50},"original_message_id":"old"}',
  )
})

test('what is no stored notification is refused', () => {
  expect(() => verifiedNotification('{"event_type": "x"}', publication)).toThrow(TypeError)
})
