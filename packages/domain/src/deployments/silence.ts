import type { Duration } from '../time/duration.ts'
import { type Instant, MINUTE } from '../time/instant.ts'

/**
 * A deployment without a notification for this long has gone silent. Shorter pauses are normal in a cloud with little use;
 * ingest itself adds seconds at most.
 */
export const SILENT_AFTER: Duration = 15 * MINUTE

/**
 * Whether a deployment has gone silent.
 *
 * @param lastWhen the latest time of its notifications; null if it has sent none
 */
export function isSilent(lastWhen: Instant | null, now: Instant): boolean {
  return lastWhen === null || now - lastWhen > SILENT_AFTER
}
