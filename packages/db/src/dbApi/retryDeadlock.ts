import pRetry from 'p-retry'
import { isDeadlock } from '../sql/errors.ts'

const RETRIES = 3

/**
 * Retries a transaction that PostgreSQL chose as the victim of a deadlock: a fold or a publication locks exists in another
 * order.
 */
export function retryDeadlock<T>(work: () => Promise<T>): Promise<T> {
  return pRetry(work, {
    retries: RETRIES,
    minTimeout: 50,
    randomize: true,
    shouldRetry: ({ error }) => isDeadlock(error),
  })
}
