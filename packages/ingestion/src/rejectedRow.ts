import type { RejectedRow } from '@stacktach/db'
import type { Instant, Rejection } from '@stacktach/domain'
import { digestOf, type Message, STORED_PREFIX_BYTES } from './readMessage.ts'

/** The row of a rejected message. The full body is stored, so that it can be replayed, unless it is too large. */
export function rejectedRow(
  deployment: string,
  message: Message,
  { reason, detail }: Pick<Rejection, 'reason' | 'detail'>,
  now: Instant,
): RejectedRow {
  const { size, sha256 } = message.original ?? digestOf(message.body)
  return {
    deployment,
    exchange: withoutNul(message.exchange),
    routing_key: withoutNul(message.routingKey),
    reason,
    detail: withoutNul(detail),
    body: reason === 'too large' ? message.body.subarray(0, STORED_PREFIX_BYTES) : message.body,
    body_size: size,
    body_sha256: sha256,
    received_at: now,
  }
}

/** Replaces NUL, which PostgreSQL's text type rejects. */
export function withoutNul(text: string): string {
  return text.replaceAll('\0', '\ufffd')
}
