import { storable } from './columns.ts'

/** Reasons to reject a message: short constants, also used as metric labels. */
export const rejectReasons = [
  'too large',
  'not utf-8',
  'not json',
  'not an object',
  'bad envelope',
  'nested too deeply',
  'no event_type',
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
  /** For people: the invalid value and why it is invalid. */
  detail: string
}

export function rejected(reason: RejectReason, detail: string): Rejection {
  return { kind: 'rejected', reason, detail }
}

/** Characters of an invalid value that a detail shows. */
const SHOWN_LENGTH = 60

/**
 * A short description of an invalid value for a detail. The content of objects and lists is not shown, because it may
 * be secret.
 */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  return value === '' ? 'empty' : storable(String(value).slice(0, SHOWN_LENGTH))
}
