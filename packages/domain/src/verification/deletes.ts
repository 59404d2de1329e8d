import type { Rules } from '../rules.ts'
import { formatInstant, type Instant } from '../time/instant.ts'
import type { DeleteStatus } from '../usage/deletes.ts'
import { inSameSecond } from './sameSecond.ts'
import { differing, failed, timeOf, type Verdict } from './verdict.ts'

/** Deletion times of an instance or image, by source. */
export interface DeleteTimes {
  deletedAt: Instant
  /** deleted_at of the delete's payload, if different. */
  payloadDeletedAt: Instant | null
  status: DeleteStatus
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
 * second. An exists without one must not have a delete before the end of its audit period. With today's rules:
 * - any pair of times may match, because nova sets deleted_at up to a second after terminated_at;
 * - an exists may agree with any delete, because nova audits a soft-deleted instance with the time of the soft delete;
 * - a delete that was undone by a restore contradicts no exists.
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
    const early = deletes.find(
      (row) => row.status !== 'restored' && auditPeriodEnding !== null && row.deletedAt < auditPeriodEnding,
    )
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
  if (another !== undefined && rules === 'stacktach') {
    return failed('several deletes', `${subject} has ${deletes.length} deletes`)
  }
  if (deletes.some((other) => agrees(exists, other, rules))) return null
  const closest = deletes.reduce((best, other) =>
    Math.abs(other.deletedAt - deletedAt) < Math.abs(best.deletedAt - deletedAt) ? other : best,
  )
  return failed('delete differs', differing('deleted_at', timeOf(deletedAt), 'delete', timeOf(closest.deletedAt)))
}

function agrees(exists: ReportedDeletion, row: DeleteTimes, rules: Rules): boolean {
  return timesOf(exists, rules).some((reported) =>
    timesOf(row, rules).some((stored) => inSameSecond(reported, stored, rules)),
  )
}

function timesOf(row: ReportedDeletion | DeleteTimes, rules: Rules): Instant[] {
  const other = 'terminatedAt' in row ? row.terminatedAt : row.payloadDeletedAt
  return [row.deletedAt, rules === 'today' ? other : null].filter((time) => time !== null)
}
