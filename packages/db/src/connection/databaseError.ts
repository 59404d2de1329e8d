import { ConfigError } from '@stacktach/runtime'
import { databaseTrouble } from '../sql/errors.ts'

/** Said of a database that is away, by all that wait for it. */
export const databaseUnavailable = (variable = 'DATABASE_URL') =>
  `the database of ${variable} does not answer; see that PostgreSQL runs and can be reached`

/**
 * Why a process or a command failed, in one sentence that says what to do. A database that lets nobody in or has not the schema
 * is a ConfigError: trying again changes nothing.
 *
 * @param variable that names the database
 */
export function databaseError(error: unknown, variable = 'DATABASE_URL'): Error {
  switch (databaseTrouble(error)) {
    case 'away':
      return new Error(because(databaseUnavailable(variable), error), { cause: error })
    case 'refuses':
      return new ConfigError(
        because(`the database of ${variable} does not let that user in; see the user and the password`, error),
      )
    case 'not migrated':
      return new ConfigError(
        because('the database has not the schema of this version: npm run migrate brings it', error),
      )
    default:
      return error instanceof Error ? error : new Error(String(error))
  }
}

function because(message: string, cause: unknown): string {
  const reason = cause instanceof Error ? reasonOf(cause) : ''
  return reason === '' ? message : `${message} (${reason})`
}

/** A host with several addresses fails with an error for each and no message of its own. */
function reasonOf(error: Error): string {
  const [first] = error instanceof AggregateError ? error.errors : []
  const message = error.message || (first instanceof Error ? first.message : '')
  return message.split('\n')[0] ?? ''
}
