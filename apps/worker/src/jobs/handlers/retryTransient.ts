import { ConcurrentFold, isTransient } from '@stacktach/db'
import pRetry from 'p-retry'

const MIN_DELAY_MS = 100
const MAX_DELAY_MS = 2_000

/**
 * Retries `work` after a transient database error or a concurrent fold, with growing, randomized delays.
 *
 * @param retries 1 is enough for jobs that the timer wakes up again
 * @throws the last error when all attempts failed, and any other error at once
 */
export function retryTransient<T>(work: () => Promise<T>, retries = 1): Promise<T> {
  return pRetry(work, {
    retries,
    minTimeout: MIN_DELAY_MS,
    maxTimeout: MAX_DELAY_MS,
    randomize: true,
    shouldRetry: ({ error }) => error instanceof ConcurrentFold || isTransient(error),
  })
}
