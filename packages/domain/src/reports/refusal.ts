import { formatInstant, type Instant } from '../time/instant.ts'
import type { TimePeriod } from '../time/period.ts'

/**
 * The reason to refuse a report over a period; null to accept it.
 *
 * @param keptSince the time from which all data of the report is stored; null when nothing was dropped
 */
export function reportRefusal(
  { from: start, until: end }: TimePeriod,
  { now, keptSince, inProgress }: { now: Instant; keptSince: Instant | null; inProgress: boolean },
): string | null {
  if (end <= start) return 'the period is empty'
  if (start > now) return `the period begins at ${formatInstant(start)}, which is in the future`
  if (end > now && !inProgress) return `the period is in progress until ${formatInstant(end)}`
  if (keptSince !== null && start < keptSince)
    return `notifications before ${formatInstant(keptSince)} are no longer stored`
  return null
}
