import { createHash } from 'node:crypto'
import {
  AHEAD,
  EARLIEST,
  type Instant,
  type NormalizeResult,
  normalize,
  type Rules,
  rejected,
  type Service,
  type StorageWindow,
  serviceOf,
} from '@stacktach/domain'

/** Bytes stored of a message that is rejected for its size. */
export const STORED_PREFIX_BYTES = 65_536

/** A message as a broker delivers it, without properties and headers. */
export interface Message {
  exchange: string
  routingKey: string
  body: Buffer
  /** Only of a truncated message: size and digest of the full body; `body` is its beginning. */
  original?: BodyDigest
}

/** How messages are read: the same in ingest, import and replay. */
export interface ReadOptions {
  /** Maximum size of a message in bytes; a larger one is rejected. */
  maxBody: number
  rules: Rules
  /** Exchanges that carry the notifications of all services. */
  controlExchanges: readonly string[]
}

/** The read options of a process's configuration. */
export function readOptions(config: {
  MAX_BODY: number
  RULES: Rules
  CONTROL_EXCHANGES: readonly string[]
}): ReadOptions {
  return { maxBody: config.MAX_BODY, rules: config.RULES, controlExchanges: config.CONTROL_EXCHANGES }
}

export interface BodyDigest {
  /** Bytes. */
  size: number
  /** In hexadecimal. */
  sha256: string
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** SHA-256 in hexadecimal. */
export function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

export function digestOf(body: Buffer): BodyDigest {
  return { size: body.length, sha256: sha256(body) }
}

/**
 * Truncates a message that is larger than `maxBody` bytes to the part that is stored. Called on arrival, because hundreds
 * of messages are in memory while the database is unavailable.
 */
export function truncate(message: Message, maxBody: number): Message {
  if (message.body.length <= maxBody || message.original) return message
  const { body } = message
  return { ...message, body: Buffer.from(body.subarray(0, STORED_PREFIX_BYTES)), original: digestOf(body) }
}

/**
 * The interval of `when` that is stored: through two days after `now`, inclusive.
 *
 * @param horizon beginning of the interval, raised by retention; by default 2010
 */
export function storageWindow(now: Instant, horizon: Instant = EARLIEST): StorageWindow {
  return { from: horizon, until: now + AHEAD + 1 }
}

/** A message and its row, or the reason for its rejection. */
export type Parsed<M extends Message> = M & { result: NormalizeResult }

/** Parses messages: see readMessage. */
export function readMessages<M extends Message>(messages: readonly M[], options: ReadOptions): Parsed<M>[] {
  return messages.map((message) => ({ ...message, result: readMessage(message, options) }))
}

/**
 * Parses a message into the row to store, or a rejection. Does not check the row's time: see storageWindow.
 *
 * @param digest SHA-256 of a text
 */
export function readMessage(
  message: Message,
  options: ReadOptions,
  digest: (text: string) => string = sha256,
): NormalizeResult {
  const { maxBody, rules } = options
  const size = message.original?.size ?? message.body.length
  if (size > maxBody) return rejected('too large', `the body has ${size} bytes, more than ${maxBody}`)
  let body: string
  try {
    body = utf8.decode(message.body)
  } catch {
    return rejected('not utf-8', `the body is not UTF-8 text${guessEncoding(message.body)}`)
  }
  try {
    const service = serviceOfExchange(message.exchange, options)
    return normalize({ service, routingKey: message.routingKey, body }, digest, rules)
  } catch (error) {
    // A bug of StackTach. Without the rejection, the same message would be redelivered forever and block the queue.
    const description = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    return rejected('not understood', `a bug of this program; replay when fixed: ${description.slice(0, 200)}`)
  }
}

/** Null for an exchange of all services. StackTach knew services by their exchange only. */
function serviceOfExchange(exchange: string, { rules, controlExchanges }: ReadOptions): Service | null {
  return rules === 'today' && controlExchanges.includes(exchange) ? null : serviceOf(exchange)
}

/** The likely encoding of a body that is not UTF-8, from its first bytes. */
function guessEncoding(body: Buffer): string {
  const start = body.toString('hex', 0, 2)
  if (start === '1f8b') return ', but gzip'
  return start === 'fffe' || start === 'feff' ? ', but UTF-16' : ''
}
