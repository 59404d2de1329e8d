import { isExhausted, isStatementTimeout, isTransient } from '@stacktach/db'
import { HttpError } from './httpError.ts'

/** Prisma's own codes of a connection that failed, PostgreSQL's of one that it refused (a role, a database). */
const noConnection = /^(?:P10\d\d|28\w{3}|3D000)$/

/** Of a replica that was about to replay what the statement still read. An api that only reads has no other such failures. */
const RECOVERY_CONFLICT = /^40001$/

function isCode(error: unknown, code: RegExp): boolean {
  return error instanceof Error && 'code' in error && code.test(String(error.code))
}

/** What the client is told of an error. Of one that nobody foresaw it is told nothing: that goes to the log. */
export function describeError(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  if (isStatementTimeout(error)) {
    return new HttpError(503, 'The database took too long to answer: ask for less, or for a shorter time')
  }
  if (isExhausted(error)) {
    return new HttpError(503, 'No connection to the database came free in time: ask again in a moment', {
      'Retry-After': '5',
    })
  }
  if (isCode(error, RECOVERY_CONFLICT)) {
    return new HttpError(503, 'The replica that is read from had to cut this off to keep up: ask again', {
      'Retry-After': '1',
    })
  }
  if (isTransient(error) || isCode(error, noConnection)) {
    return new HttpError(503, 'The database cannot be reached')
  }
  return new HttpError(500, 'Something went wrong; the log of the api says what')
}
