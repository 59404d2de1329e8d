import type { Duration } from '../time/duration.ts'
import { HOUR, SECOND } from '../time/instant.ts'

const FIRST_DELAY: Duration = 5 * SECOND

/** The receiver may be unavailable for days: a message is retried forever, at least this often. */
const MAX_DELAY: Duration = HOUR

/**
 * Time until the next attempt to deliver a message: exponential, up to an hour. Half of it is random, so that
 * messages that failed together are not retried together.
 *
 * @param attempts failed attempts, at least 1
 * @param random from 0 inclusive to 1 exclusive
 */
export function retryDelay(attempts: number, random: number): Duration {
  const delay = Math.min(FIRST_DELAY * 2 ** (attempts - 1), MAX_DELAY)
  return Math.round((delay / 2) * (1 + random))
}
