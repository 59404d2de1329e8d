import type { Instant } from '../time/instant.ts'

/** The service a notification belongs to, determined by its exchange; each has its own table. */
export const services = ['nova', 'glance', 'generic'] as const

export type Service = (typeof services)[number]

/** `nova` and `glance` by name; any other exchange is `generic`. */
export function serviceOf(exchange: string): Service {
  return exchange === 'nova' || exchange === 'glance' ? exchange : 'generic'
}

/** A delivered RabbitMQ message with its body decoded as text. */
export interface Delivery {
  service: Service
  routingKey: string
  body: string
}

/** Hexadecimal SHA-256 of a text. */
export type Digest = (text: string) => string

/** The range of notification times that are stored. It depends on the clock and on pruning, not on the message. */
export interface StorageWindow {
  /** Earlier notifications are too old. */
  horizon: Instant
  /** Later notifications come from a wrong clock. */
  latest: Instant
}

/** Rejection reason: a short constant, also used as a metric label. */
export const rejectReasons = [
  'too large',
  'not utf-8',
  'not json',
  'not an object',
  'bad envelope',
  'nested too deeply',
  'no event_type',
  'no publisher_id',
  'no time',
  'time out of range',
  'too old',
  'value too long',
  'not understood',
  'refused by the database',
] as const

export type RejectReason = (typeof rejectReasons)[number]

export interface Rejection {
  kind: 'rejected'
  reason: RejectReason
  /** Human-readable detail: which value is wrong and why. */
  detail: string
}

export function rejected(reason: RejectReason, detail: string): Rejection {
  return { kind: 'rejected', reason, detail }
}
