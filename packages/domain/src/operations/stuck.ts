import type { Duration } from '../time/duration.ts'
import { MINUTE } from '../time/instant.ts'

/** An operation that is open for a shorter time is never stuck. */
export const STUCK_AFTER: Duration = 10 * MINUTE

/** Multiple of the 99th percentile of its name. */
export const STUCK_FACTOR = 3

/**
 * The age from which an open operation is stuck: three times the 99th percentile of the finished operations of its name,
 * at least ten minutes.
 *
 * @param p99 null if none has finished
 */
export function stuckAge(p99: Duration | null): Duration {
  return Math.max(STUCK_AFTER, STUCK_FACTOR * (p99 ?? 0))
}
