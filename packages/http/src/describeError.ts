import { isExhausted, isRecoveryConflict, isStatementTimeout, isTransient } from '@stacktach/db'
import { HttpError } from './httpError.ts'

/** Prisma's codes of failed connections, and PostgreSQL's of rejected ones (role, database). */
const CONNECTION_ERROR = /^(?:P10\d\d|28\w{3}|3D000)$/

/** Messages for errors of Express's body parser. */
const BODY_ERRORS: Record<number, string> = { 413: 'The request body is too large' }

/** An error of a request body that Express's parser marks as the client's. */
function isBodyError(error: unknown): error is Error & { status: number } {
  return (
    error instanceof Error &&
    'expose' in error &&
    error.expose === true &&
    'status' in error &&
    typeof error.status === 'number' &&
    error.status >= 400 &&
    error.status < 500
  )
}

/** Maps an error to the HTTP response. An unexpected error becomes a 500 without details; the log has them. */
export function describeError(error: unknown): HttpError {
  if (error instanceof HttpError) return error
  if (isBodyError(error)) return new HttpError(error.status, BODY_ERRORS[error.status] ?? error.message)
  if (isStatementTimeout(error)) {
    return new HttpError(503, 'The database query timed out: request fewer rows or a shorter period')
  }
  if (isExhausted(error)) {
    return new HttpError(503, 'No database connection became available in time: retry in a few seconds', {
      'Retry-After': '5',
    })
  }
  if (isRecoveryConflict(error)) {
    return new HttpError(503, 'The database replica cancelled the query to catch up with its primary: retry', {
      'Retry-After': '1',
    })
  }
  if (isTransient(error) || (error instanceof Error && 'code' in error && CONNECTION_ERROR.test(String(error.code)))) {
    return new HttpError(503, 'The database is unavailable')
  }
  return new HttpError(500, 'Internal error: see the log of the api')
}
