import { formatInstant, type Instant } from '../time/instant.ts'
import type { TimePeriod } from '../time/period.ts'

/**
 * The reason why a report of a period cannot be made, null when it can.
 *
 * @param keptSince the instant since which all notifications are stored, null when nothing was pruned
 */
export function reportRefusal(
  { from: start, until: end }: TimePeriod,
  { now, keptSince, inProgress }: { now: Instant; keptSince: Instant | null; inProgress: boolean },
): string | null {
  if (end <= start) return 'the period is empty'
  if (start > now) return `the period begins at ${formatInstant(start)}, which is yet to come`
  if (end > now && !inProgress) return `the period is in progress until ${formatInstant(end)}`
  if (keptSince !== null && start < keptSince) return `what was before ${formatInstant(keptSince)} has been pruned`
  return null
}
