import { createSecretKey } from 'node:crypto'
import { expect, test } from '@jest/globals'
import { SECOND } from '@stacktach/domain'
import { signMessage, webhookBody } from './webhookMessage.ts'

test('the signature is that of the example of Standard Webhooks', () => {
  const key = createSecretKey(Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64'))
  const { headers } = signMessage('msg_p5jXN8AQM9LWM0D4loKWxJek', '{"test": 2432232314}', key, 1_614_265_330 * SECOND)
  expect(headers).toEqual({
    'content-type': 'application/json',
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  })
})

test('the body has the type, the ids and the notification, whose numbers keep their digits', () => {
  const body = webhookBody(
    {
      messageId: 'new',
      originalMessageId: 'old',
      createdAt: 1_794_787_200_123_456,
      json: '["notifications.info", {"message_id": "old", "event_type": "compute.instance.exists", "payload": {"n": 12345678901234567890}}]',
    },
    'compute.instance.exists.verified',
  )
  expect(body).toContain('12345678901234567890')
  expect(JSON.parse(body)).toMatchObject({
    type: 'compute.instance.exists.verified',
    timestamp: '2026-11-16T00:00:00.123456Z',
    id: 'new',
    original_message_id: 'old',
    data: { message_id: 'new', original_message_id: 'old', event_type: 'compute.instance.exists.verified' },
  })
})
