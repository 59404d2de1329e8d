import { at, parseJson } from '../notifications/json.ts'
import type { Duration } from '../time/duration.ts'
import { type Instant, MINUTE } from '../time/instant.ts'

/** Names of operations, as they occur in events; the first that a name contains is the one meant. */
const operations = ['create', 'rebuild', 'rescue', 'resize', 'snapshot'] as const

/** The operation that an event belongs to, null when it names none. */
export function operationOf(event: string): string | null {
  return operations.find((operation) => event.includes(operation)) ?? null
}

/** The notification that a failed request is reported by. */
export interface FailureNotification {
  id: number
  when: Instant
  event: string
  service: string
  host: string | null
  tenant: string | null
  deployment: string
}

/** One request on one instance: what region summary and error report count. */
export interface RequestFacts {
  instance: string
  requestId: string
  /** When of its first and last notification. */
  first: Instant
  last: Instant
  /** Of all its notifications together. */
  imageType: number
  /** Null when no event named one. */
  operation: string | null
  tenant: string | null
  /** Where it ended in state error: the last change to it, unless taken back by a later one. */
  stateError: FailureNotification | null
  /** Its notifications with an error's routing key, in order, each with its original as stored. */
  errors: (FailureNotification & { json: string })[]
}

/** Longer than this is a failure. */
const PATIENCE: Duration = 30 * MINUTE

/** How a request failed. `unknown`: an error that says no code; it counts in no column. */
export type FailureKind = '4xx' | '5xx' | 'long' | 'state' | 'unknown'

export interface RequestFailure {
  kind: FailureKind
  /** The HTTP status an error stands for. */
  code: number | null
  /** Null when it was only long. */
  by: FailureNotification | null
  /** What the error's payload has as exception, undefined when nothing. */
  exception: unknown
}

/** Whether and how a request failed. A code goes over the state error, either over the time it took. */
export function requestFailure({ first, last, stateError, errors }: RequestFacts): RequestFailure | null {
  // A versioned error says no code, but may follow the classic one that does.
  const read = errors.map((error) => ({ by: error, ...readError(error.json) }))
  const coded = read.findLast(({ code }) => code !== null)
  if (coded !== undefined) return { ...coded, kind: kindOf(coded.code) }
  if (stateError !== null) return { kind: 'state', code: null, by: stateError, exception: read.at(-1)?.exception }
  const uncoded = read.at(-1)
  if (uncoded !== undefined) return { ...uncoded, kind: 'unknown' }
  return last - first > PATIENCE ? { kind: 'long', code: null, by: null, exception: undefined } : null
}

function kindOf(code: number | null): FailureKind {
  if (code === null) return 'unknown'
  return code >= 400 && code < 500 ? '4xx' : code >= 500 && code < 600 ? '5xx' : 'unknown'
}

/** Code and exception of an error as stored, `[routing_key, notification]`. */
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
