import { isExhausted, isRecoveryConflict, isStatementTimeout, isTransient } from '@stacktach/db'
import { HttpError } from './httpError.ts'

/** Prisma's own codes of a connection that failed, PostgreSQL's of one that it refused (a role, a database). */
const noConnection = /^(?:P10\d\d|28\w{3}|3D000)$/

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
  if (isRecoveryConflict(error)) {
    return new HttpError(503, 'The replica that is read from had to cut this off to keep up: ask again', {
      'Retry-After': '1',
    })
  }
  if (isTransient(error) || (error instanceof Error && 'code' in error && noConnection.test(String(error.code)))) {
    return new HttpError(503, 'The database cannot be reached')
  }
  return new HttpError(500, 'Something went wrong; the log of the api says what')
}
