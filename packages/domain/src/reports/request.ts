import { at, parseJson } from '../notifications/json.ts'
import type { Duration } from '../time/duration.ts'
import { type Instant, MINUTE } from '../time/instant.ts'

/** Operation names as they occur in events; the first match counts. */
const operations = ['create', 'rebuild', 'rescue', 'resize', 'snapshot'] as const

/** The operation in the name of an event; null if the name contains none. */
export function operationOf(event: string): string | null {
  return operations.find((operation) => event.includes(operation)) ?? null
}

/** The notification that describes a failed request. */
export interface FailureNotification {
  id: number
  when: Instant
  event: string
  service: string
  host: string | null
  tenant: string | null
  deployment: string
}

/** A request on one instance, as counted by region summary and error report. */
export interface RequestFacts {
  instance: string
  requestId: string
  /** `when` of its first and last notification. */
  first: Instant
  last: Instant
  /** Combined from all its notifications. */
  imageType: number
  /** Null if no event name contains one. */
  operation: string | null
  tenant: string | null
  /** The last change to state error, unless a later change reverted it. */
  stateError: FailureNotification | null
  /** Its notifications with an error routing key, in order, with the stored originals. */
  errors: (FailureNotification & { json: string })[]
}

/** A request that takes longer is a failure. */
const LONG_REQUEST: Duration = 30 * MINUTE

/** Kind of failure. An `unknown` failure, an error without a 4xx or 5xx code, is counted in no column. */
export type FailureKind = '4xx' | '5xx' | 'long' | 'state' | 'unknown'

export interface RequestFailure {
  kind: FailureKind
  /** The HTTP status of the error. */
  code: number | null
  /** Whether a notification has an error routing key. */
  hasError: boolean
  /** Null if the duration is the only reason. */
  by: FailureNotification | null
  /** The exception of the error's payload, undefined if absent. */
  exception: unknown
}

/**
 * The failure of a request, if any. A code takes precedence over state error, and either over duration. A state error is
 * described by the error notification, if there is one.
 */
export function requestFailure({ first, last, stateError, errors }: RequestFacts): RequestFailure | null {
  // A versioned error, which has no code, may follow its classic counterpart, which has one.
  const failures = errors.map((error) => ({ by: error, ...readError(error.json) }))
  const coded = failures.findLast(({ code }) => code !== null)
  if (coded !== undefined) return { ...coded, kind: kindOf(coded.code), hasError: true }
  const uncoded = failures.at(-1)
  if (uncoded !== undefined) return { ...uncoded, kind: stateError === null ? 'unknown' : 'state', hasError: true }
  const withoutError = { code: null, hasError: false, exception: undefined }
  if (stateError !== null) return { ...withoutError, kind: 'state', by: stateError }
  return last - first > LONG_REQUEST ? { ...withoutError, kind: 'long', by: null } : null
}

function kindOf(code: number | null): FailureKind {
  if (code === null) return 'unknown'
  return code >= 400 && code < 500 ? '4xx' : code >= 500 && code < 600 ? '5xx' : 'unknown'
}

/** Code and exception of a stored error, `[routing_key, notification]`. */
function readError(json: string): { code: number | null; exception: unknown } {
  const stored = parseJson(json)
  const payload = at(Array.isArray(stored) ? stored[1] : null, 'payload')
  const exception = at(payload, 'exception')
  return { code: wholeNumber(at(exception, 'kwargs', 'code')) ?? wholeNumber(at(payload, 'code')), exception }
}

function wholeNumber(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null
}
