import { createHash } from 'node:crypto'
import type { RejectedRow } from '@stacktach/db'
import {
  AHEAD,
  EARLIEST,
  type Instant,
  type NormalizeResult,
  normalize,
  type Rejection,
  rejected,
  type StorageWindow,
  serviceOf,
} from '@stacktach/domain'

/** Bytes that are kept of a message which is rejected for its size; any other is kept whole. */
const STORED_PREFIX_BYTES = 65_536

/** A message as it came, without what only the channel needs. */
export interface Message {
  exchange: string
  routingKey: string
  body: Buffer
  /** Of one that was too large to be kept whole: what it was. `body` is its beginning then. */
  original?: Digest
}

interface Digest {
  size: number
  /** In hexadecimal. */
  sha256: string
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

/**
 * As much of a message as will be kept of it: of one that is too large only the beginning, and that from its arrival on, since
 * hundreds wait in memory while the database is away.
 */
export function truncate(message: Message, maxBody: number): Message {
  if (message.body.length <= maxBody || message.original) return message
  const { body } = message
  return { ...message, body: Buffer.from(body.subarray(0, STORED_PREFIX_BYTES)), original: digestOf(body) }
}

function digestOf(body: Buffer): Digest {
  return { size: body.length, sha256: sha256(body) }
}

/**
 * Which notifications are stored at a moment: until two days ahead.
 *
 * @param horizon since when notifications are kept; 2010 while nothing is pruned
 */
export function storageWindow(now: Instant, horizon: Instant = EARLIEST): StorageWindow {
  return { horizon, latest: now + AHEAD }
}

/** A message and what it means. */
export type Parsed<M extends Message> = M & { result: NormalizeResult }

/** Messages with what they mean. */
export function readMessages<M extends Message>(messages: readonly M[], maxBody: number): Parsed<M>[] {
  return messages.map((message) => ({ ...message, result: readMessage(message, maxBody) }))
}

/** What a message means: a row to be stored, if its time is within the window then, or why it cannot be. */
export function readMessage(
  message: Message,
  maxBody: number,
  digest: (text: string) => string = sha256,
): NormalizeResult {
  const size = message.original?.size ?? message.body.length
  if (size > maxBody) return rejected('too large', `the body has ${size} bytes, more than ${maxBody}`)
  let body: string
  try {
    body = utf8.decode(message.body)
  } catch {
    return rejected('not utf-8', `the body is not UTF-8 text${looksLike(message.body)}`)
  }
  try {
    return normalize({ service: serviceOf(message.exchange), routingKey: message.routingKey, body }, digest)
  } catch (error) {
    // A bug of ours, which the same message meets again each time: it must not hold up all that come after it.
    const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return rejected(
      'not understood',
      `a fault of this program, to be replayed once it is mended: ${what.slice(0, 200)}`,
    )
  }
}

/** What bytes that are no UTF-8 seem to be, by how they begin. */
function looksLike(body: Buffer): string {
  const start = body.toString('hex', 0, 2)
  if (start === '1f8b') return ', but gzip'
  return start === 'fffe' || start === 'feff' ? ', but UTF-16' : ''
}

/** How a rejected message is kept: whole, so that it can be stored when what was wrong is mended, unless it is too large. */
export function rejectedRow(
  deployment: string,
  message: Message,
  { reason, detail }: Pick<Rejection, 'reason' | 'detail'>,
  now: Instant,
): RejectedRow {
  const whole = message.original ?? digestOf(message.body)
  return {
    deployment,
    exchange: withoutNul(message.exchange),
    routing_key: withoutNul(message.routingKey),
    reason,
    detail: withoutNul(detail),
    body: reason === 'too large' ? message.body.subarray(0, STORED_PREFIX_BYTES) : message.body,
    body_size: whole.size,
    body_sha256: whole.sha256,
    received_at: now,
  }
}

/** PostgreSQL keeps no NUL in a text. */
export function withoutNul(text: string): string {
  return text.replaceAll('\0', '\ufffd')
}
