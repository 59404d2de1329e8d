import { createHmac, type KeyObject } from 'node:crypto'
import type { WebhookMessage } from '@stacktach/db'
import { formatInstant, type Instant, SECOND, verifiedNotification } from '@stacktach/domain'

/** A signed message: what one attempt POSTs. */
export interface SignedMessage {
  headers: Record<string, string>
  body: string
}

/**
 * The body of a message, equal in each attempt: the notification as it is published, with its type, its ids, and the time
 * of its verdict. Numbers keep their digits.
 */
export function webhookBody(
  { messageId, originalMessageId, createdAt, json }: Omit<WebhookMessage, 'id' | 'attempt' | 'service'>,
  event: string,
): string {
  const members = {
    type: event,
    timestamp: `${formatInstant(createdAt).replace(' ', 'T')}Z`,
    id: messageId,
    original_message_id: originalMessageId,
  }
  const data = verifiedNotification(json, { event, messageId, originalMessageId })
  return `${JSON.stringify(members).slice(0, -1)},"data":${data}}`
}

/**
 * Signs a body as in Standard Webhooks (https://www.standardwebhooks.com): HMAC-SHA256 over id, timestamp and body.
 *
 * @param now time of the attempt
 */
export function signMessage(id: string, body: string, key: KeyObject, now: Instant): SignedMessage {
  const timestamp = Math.floor(now / SECOND)
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return {
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': `v1,${signature}`,
    },
    body,
  }
}
