import type { Rules } from '../rules.ts'
import { formatInstant, type Instant } from '../time/instant.ts'
import { inSameSecond } from './sameSecond.ts'
import { differing, failed, timeOf, type Verdict } from './verdict.ts'

/** Deletion times of an instance or image, by source. */
export interface DeleteTimes {
  deletedAt: Instant
  /** deleted_at of the delete's payload, if different. */
  payloadDeletedAt: Instant | null
}

/** Deletion data of an exists. */
export interface StatedEnd {
  deletedAt: Instant | null
  /** Nova's second timestamp of the deletion, up to a second earlier; null for an image. */
  terminatedAt: Instant | null
  auditPeriodEnding: Instant | null
}

/**
 * StackTach's check of the delete, null when it passes: an exists with a deleted_at needs exactly one delete at the
 * same second; without one, no delete before the audit period's end. With today's rules any pair of timestamps may
 * match, because nova sets deleted_at up to a second after terminated_at.
 *
 * @param deletes of the launch (or image) of the exists
 * @param ofWhat named in the reason
 */
export function contradictedByDeletes(
  exists: StatedEnd,
  deletes: readonly DeleteTimes[],
  ofWhat: string,
  rules: Rules,
): Verdict | null {
  const { deletedAt, auditPeriodEnding } = exists
  if (deletedAt === null) {
    const early = deletes.find((row) => auditPeriodEnding !== null && row.deletedAt < auditPeriodEnding)
    if (early === undefined) return null
    const end = formatInstant(auditPeriodEnding ?? 0)
    const when = `was deleted at ${formatInstant(early.deletedAt)}, before the audit period's end at ${end}`
    return failed('delete contradicts', `${ofWhat} ${when}, and the exists has no deleted_at`)
  }
  const [row, another] = deletes
  if (row === undefined)
    return failed('no delete', `none of ${ofWhat}, which the exists has deleted at ${formatInstant(deletedAt)}`)
  if (another !== undefined) return failed('several deletes', `${deletes.length} of ${ofWhat}`)
  if (timesOf(exists, rules).some((one) => timesOf(row, rules).some((other) => inSameSecond(one, other, rules))))
    return null
  return failed('delete differs', differing('deleted_at', timeOf(deletedAt), 'delete', timeOf(row.deletedAt)))
}

function timesOf(row: StatedEnd | DeleteTimes, rules: Rules): Instant[] {
  const other = 'terminatedAt' in row ? row.terminatedAt : row.payloadDeletedAt
  return [row.deletedAt, rules === 'today' ? other : null].filter((time) => time !== null)
}
