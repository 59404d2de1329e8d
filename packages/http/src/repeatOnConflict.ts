import { isRecoveryConflict } from '@stacktach/db'

/**
 * Runs queries, and repeats them once if a standby cancelled one because of a recovery conflict: the conflict is over by
 * then. Nothing must have been sent yet.
 */
export function repeatOnConflict<T>(queries: () => Promise<T>): Promise<T> {
  return queries().catch((error) => (isRecoveryConflict(error) ? queries() : Promise.reject(error)))
}
