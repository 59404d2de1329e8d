import { createHash } from 'node:crypto'
import type { RejectedRow } from '@stacktach/db'
import {
  AHEAD,
  EARLIEST,
  type Instant,
  type NormalizeContext,
  type NormalizeResult,
  normalize,
  type Rejection,
  rejected,
  serviceOf,
} from '@stacktach/domain'

/** Bytes that are kept of a message which is rejected for its size; any other is kept whole. */
const KEPT_BYTES = 65_536

/** A message as it came, without what only the channel needs. */
export interface Message {
  exchange: string
  routingKey: string
  body: Buffer
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

/**
 * What normalizing needs at a moment: notifications until two days ahead are stored.
 *
 * @param horizon since when notifications are kept; 2010 while nothing is pruned
 */
export function normalizeContext(now: Instant, horizon: Instant = EARLIEST): NormalizeContext {
  return { horizon, latest: now + AHEAD, digest: sha256 }
}

/** What a message means: a row to be stored, or why it cannot be. */
export function readMessage(message: Message, maxBody: number, context: NormalizeContext): NormalizeResult {
  if (message.body.length > maxBody) {
    return rejected('too large', `the body has ${message.body.length} bytes, more than ${maxBody}`)
  }
  let body: string
  try {
    body = utf8.decode(message.body)
  } catch {
    return rejected('not utf-8', 'the body is not UTF-8 text')
  }
  return normalize({ service: serviceOf(message.exchange), routingKey: message.routingKey, body }, context)
}

/** How a rejected message is kept: whole, so that it can be stored when what was wrong is mended, unless it is too large. */
export function rejectedRow(
  deployment: string,
  message: Message,
  { reason, detail }: Pick<Rejection, 'reason' | 'detail'>,
  now: Instant,
): RejectedRow {
  return {
    deployment,
    exchange: withoutNul(message.exchange),
    routing_key: withoutNul(message.routingKey),
    reason,
    detail: withoutNul(detail),
    body: reason === 'too large' ? message.body.subarray(0, KEPT_BYTES) : message.body,
    body_size: message.body.length,
    body_sha256: sha256(message.body),
    received_at: now,
  }
}

/** PostgreSQL keeps no NUL in a text. */
export function withoutNul(text: string): string {
  return text.replaceAll('\0', '\ufffd')
}
