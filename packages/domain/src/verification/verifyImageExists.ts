import { formatInstant } from '../time/instant.ts'
import type { ImageDelete, ImageExists, ImageUsage } from '../usage/foldImages.ts'
import { checkDeletes } from './deletes.ts'
import { inSameSecond } from './sameSecond.ts'
import { checkRequirements } from './validity.ts'
import { differing, failed, timeOf, VERIFIED, type Verdict } from './verdict.ts'
import type { VerifyOptions } from './verifyInstanceExists.ts'

/** Recorded usage and deletes of the image of an exists. */
export interface ImageEvidence {
  usage: Pick<ImageUsage, 'createdAt' | 'owner' | 'size'> | null
  delete: Pick<ImageDelete, 'deletedAt'> | null
}

export type ImageExistsToVerify = Pick<ImageExists, 'createdAt' | 'deletedAt' | 'owner' | 'size' | 'auditPeriodEnding'>

/**
 * StackTach's verification of one image of a glance exists: created_at, owner and size must match its activation; the
 * delete is checked too.
 */
export function verifyImageExists(
  exists: ImageExistsToVerify,
  { usage, delete: deleted }: ImageEvidence,
  { level, rules }: Pick<VerifyOptions, 'level' | 'rules'>,
): Verdict {
  const required = [
    { field: 'owner', value: exists.owner },
    { field: 'size', value: exists.size },
  ]
  const malformed = level === 'none' ? null : checkRequirements(required, rules)
  if (malformed !== null) return malformed
  if (usage === null) return failed('no launch', 'no activation of this image is stored')
  if (!inSameSecond(exists.createdAt, usage.createdAt, rules)) {
    return failed('launch differs', differing('created_at', timeOf(exists.createdAt), 'usage', timeOf(usage.createdAt)))
  }
  for (const field of ['owner', 'size'] as const) {
    if (exists[field] !== usage[field]) {
      return failed('launch differs', differing(field, exists[field], 'usage', usage[field]))
    }
  }
  const end = { ...exists, terminatedAt: null }
  const deletes = deleted === null ? [] : [{ ...deleted, payloadDeletedAt: null, status: 'deleted' as const }]
  return checkDeletes(end, deletes, `the image created at ${formatInstant(exists.createdAt)}`, rules) ?? VERIFIED
}
