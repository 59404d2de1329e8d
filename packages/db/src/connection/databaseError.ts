import { ConfigError } from '@stacktach/runtime'
import { databaseTrouble } from '../sql/errors.ts'
import { refusedOptions } from './sessionCheck.ts'

/** Message for an unavailable database. `variable` names the variable with its URL. */
export const databaseUnavailable = (variable = 'DATABASE_URL') =>
  `the database in ${variable} does not answer: check host and port, and that PostgreSQL is running`

export const schemaOutOfDate = 'the database schema is out of date: run `npm run migrate`'

/**
 * Describes a database error and what to do about it, in one sentence. A rejected login and an old schema are ConfigErrors:
 * a retry does not fix them.
 *
 * @param variable names the variable with the URL of the database
 */
export function databaseError(error: unknown, variable = 'DATABASE_URL'): Error {
  const refused = refusedOptions(error, variable)
  if (refused !== null) return refused
  switch (databaseTrouble(error)) {
    case 'unavailable':
      return new Error(withReason(databaseUnavailable(variable), error), { cause: error })
    case 'login failed':
      return new ConfigError(withReason(`login to the database in ${variable} failed: check user and password`, error))
    case 'no tls':
      return new ConfigError(
        `the database in ${variable} does not use TLS: enable ssl in postgresql.conf, or remove sslmode`,
      )
    case 'untrusted':
      return new ConfigError(
        withReason(
          `the certificate of the database in ${variable} is not accepted: name its authority in sslrootcert`,
          error,
        ),
      )
    case 'not migrated':
      return new ConfigError(withReason(schemaOutOfDate, error))
    default:
      return error instanceof Error ? error : new Error(String(error))
  }
}

function withReason(message: string, error: unknown): string {
  const reason = error instanceof Error ? reasonOf(error) : ''
  return reason === '' ? message : `${message} (${reason})`
}

/** For a host with several addresses, Node throws an AggregateError without a message, with one error per address. */
function reasonOf(error: Error): string {
  const [first] = error instanceof AggregateError ? error.errors : []
  const message = error.message || (first instanceof Error ? first.message : '')
  return message.split('\n')[0] ?? ''
}
