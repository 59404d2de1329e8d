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

/** The deletion as reported by an exists. */
export interface ReportedDeletion {
  deletedAt: Instant | null
  /** nova's other time of the deletion, up to a second before deleted_at; null for an image. */
  terminatedAt: Instant | null
  auditPeriodEnding: Instant | null
}

/**
 * StackTach's check of the delete; null when it passes. An exists with a deleted_at needs exactly one delete in the same
 * second. An exists without one must not have a delete before the end of its audit period. With today's rules any pair
 * of times may match, because nova sets deleted_at up to a second after terminated_at.
 *
 * @param deletes of the launch (or image) of the exists
 * @param subject the launch or image, as named in the reason
 */
export function checkDeletes(
  exists: ReportedDeletion,
  deletes: readonly DeleteTimes[],
  subject: string,
  rules: Rules,
): Verdict | null {
  const { deletedAt, auditPeriodEnding } = exists
  if (deletedAt === null) {
    const early = deletes.find((row) => auditPeriodEnding !== null && row.deletedAt < auditPeriodEnding)
    if (early === undefined) return null
    const ending = formatInstant(auditPeriodEnding ?? 0)
    return failed(
      'delete contradicts',
      `${subject} was deleted at ${formatInstant(early.deletedAt)}, before the audit period's end at ${ending}, and the exists has no deleted_at`,
    )
  }
  const [row, another] = deletes
  if (row === undefined)
    return failed('no delete', `deleted_at is ${formatInstant(deletedAt)} in the exists, but ${subject} has no delete`)
  if (another !== undefined) return failed('several deletes', `${subject} has ${deletes.length} deletes`)
  const matches = timesOf(exists, rules).some((reported) =>
    timesOf(row, rules).some((stored) => inSameSecond(reported, stored, rules)),
  )
  if (matches) return null
  return failed('delete differs', differing('deleted_at', timeOf(deletedAt), 'delete', timeOf(row.deletedAt)))
}

function timesOf(row: ReportedDeletion | DeleteTimes, rules: Rules): Instant[] {
  const other = 'terminatedAt' in row ? row.terminatedAt : row.payloadDeletedAt
  return [row.deletedAt, rules === 'today' ? other : null].filter((time) => time !== null)
}
