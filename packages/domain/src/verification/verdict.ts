import { formatInstant, type Instant } from '../time/instant.ts'

/** Reasons for a failed verification. */
export type FailReason =
  | 'field missing'
  | 'field invalid'
  | 'no launch'
  | 'launch differs'
  | 'no delete'
  | 'several deletes'
  | 'delete differs'
  | 'delete contradicts'

/** Result of a verification; the detail of a failure names the field and both values. */
export type Verdict = { status: 'verified' } | { status: 'failed'; reason: FailReason; detail: string }

export const VERIFIED: Verdict = { status: 'verified' }

export function failed(reason: FailReason, detail: string): Verdict {
  return { status: 'failed', reason, detail }
}

/** The detail of a difference, such as `tenant is "5001" in the exists and "5000" in the launch`. */
export function differing(field: string, inExists: string | null, other: string, inOther: string | null): string {
  return `${field} is ${quoted(inExists)} in the exists and ${quoted(inOther)} in the ${other}`
}

/** A time as reasons show it. */
export function timeOf(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant)
}

function quoted(value: string | null): string {
  return value === null ? 'not set' : JSON.stringify(value)
}

/** The stored text of a failure, `reason: detail`; null for a verified exists. */
export function failReason(verdict: Verdict): string | null {
  return verdict.status === 'verified' ? null : `${verdict.reason}: ${verdict.detail}`
}
