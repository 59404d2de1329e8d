import type { Instant } from '../time/instant.ts'

/** The service a notification belongs to, which is what its exchange says; each has a table of its own. */
export const services = ['nova', 'glance', 'generic'] as const

export type Service = (typeof services)[number]

/** `nova` and `glance` by name; any other exchange is `generic`. */
export function serviceOf(exchange: string): Service {
  return exchange === 'nova' || exchange === 'glance' ? exchange : 'generic'
}

/** A message as RabbitMQ delivered it, its body decoded. */
export interface Delivery {
  service: Service
  routingKey: string
  body: string
}

/** SHA-256 of a text, in hexadecimal. */
export type Digest = (text: string) => string

/** When notifications are stored: that depends on a clock and on what is pruned, not on the message alone. */
export interface StorageWindow {
  /** Notifications before it are too old to be stored. */
  horizon: Instant
  /** Notifications after it are from a clock that is wrong. */
  latest: Instant
}

/** Why a message was rejected: a short constant, which is also a metric's label. */
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
  /** The same for people: what is wrong with which value. */
  detail: string
}

export function rejected(reason: RejectReason, detail: string): Rejection {
  return { kind: 'rejected', reason, detail }
}
