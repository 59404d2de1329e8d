import pRetry from 'p-retry'
import { databaseError } from './connection/databaseError.ts'
import { type MigrateResult, migrate } from './migrate.ts'
import { databaseTrouble } from './sql/errors.ts'

/**
 * Waits until the database is available, without a time limit, then migrates it.
 *
 * @param onWarning receives the warnings of migrations, with the steps that an administrator has to run
 * @param onUnavailable receives a message for each failed attempt to connect
 * @throws ConfigError if the database rejects the login; Error if a migration fails
 */
export function migrateWhenAvailable(
  url: string,
  onWarning: (text: string) => void,
  onUnavailable: (message: string) => void,
): Promise<MigrateResult> {
  const isUnavailable = (error: unknown) => databaseTrouble(error) === 'unavailable'
  return pRetry(() => migrate(url, onWarning), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 500,
    maxTimeout: 5_000,
    shouldRetry: ({ error }) => isUnavailable(error),
    onFailedAttempt: ({ error }) => {
      if (isUnavailable(error)) onUnavailable(databaseError(error).message)
    },
  }).catch((error: unknown) => {
    throw databaseError(error)
  })
}
