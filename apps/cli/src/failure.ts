import { databaseTrouble } from '@stacktach/db'

/** Why a command failed, in one sentence that says what to do. */
export function failureOf(error: unknown): Error {
  switch (databaseTrouble(error)) {
    case 'away':
      return because('the database of DATABASE_URL does not answer; see that PostgreSQL runs and can be reached', error)
    case 'refuses':
      return because('the database of DATABASE_URL does not let that user in; see the user and the password', error)
    case 'not migrated':
      return because('the database has not the schema of this version: npm run migrate brings it', error)
    default:
      return error instanceof Error ? error : new Error(String(error))
  }
}

function because(message: string, cause: unknown): Error {
  const reason = cause instanceof Error ? reasonOf(cause) : ''
  return new Error(reason === '' ? message : `${message} (${reason})`, { cause })
}

/** A host with several addresses fails with an error for each and no message of its own. */
function reasonOf(error: Error): string {
  const [first] = error instanceof AggregateError ? error.errors : []
  const message = error.message || (first instanceof Error ? first.message : '')
  return message.split('\n')[0] ?? ''
}
