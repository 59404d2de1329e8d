import { isOpen, type UsageGap, type UsageSum } from '@stacktach/domain'
import { z } from 'zod'
import type { InstanceRow } from '../usageScope.ts'
import { countOf, rowNumber, seconds, time, toSeconds, toTime } from '../values.ts'

const usageSum = z
  .object({
    deployment: z.string().nullable(),
    flavor: z.string().nullable().meta({ description: 'Id of the flavor.' }),
    flavor_name: z.string().nullable(),
    memory_mb: z.number().nullable(),
    seconds,
  })
  .meta({ id: 'FlavorUsage' })

/** Why there is no usage. */
export const gapReason = z
  .enum(['no exists', 'failed exists', 'pending exists', 'not due', 'relaunched', 'offloaded', 'short'])
  .meta({
    id: 'GapReason',
    description:
      'no exists: nova sent none. failed exists, pending exists: not verified. not due: the audit is still to come. ' +
      'relaunched, offloaded, short: explained, nothing is missing.',
  })

const usageGap = z
  .object({
    from: time,
    until: time,
    seconds,
    reason: gapReason,
    exists: z.array(rowNumber).meta({ description: 'Ids of the exists that report this time and are not verified.' }),
  })
  .meta({ id: 'UsageGap' })

/** The usage of an instance in a period. */
export const usageItem = z
  .object({
    instance: z.string(),
    tenant: z.string().nullable(),
    deployment: z.string().nullable(),
    final: z.boolean().meta({
      description: 'Whether the usage is complete: later changes are corrections. False before the days are closed.',
    }),
    seconds,
    flavors: z.array(usageSum),
    exists: z
      .object({ pending: countOf, verifying: countOf, verified: countOf, failed: countOf })
      .meta({ description: 'Number of exists that report time of the period, by status.' }),
    gaps: z.array(usageGap).meta({ description: 'Time in which it existed, without verified usage.' }),
  })
  .meta({ id: 'UsageOfInstance' })

type Names = ReadonlyMap<number, string>

/** Converts usage for an answer. */
export function toUsageItem(row: InstanceRow, names: Names, closed: boolean): z.infer<typeof usageItem> {
  return {
    instance: row.instance,
    tenant: row.tenant,
    deployment: row.deployment,
    final: closed && row.final,
    seconds: toSeconds(row.sums.reduce((sum, { duration }) => sum + duration, 0)),
    flavors: row.sums.map((sum) => toFlavorUsage(sum, names)),
    exists: row.counts,
    gaps: row.gaps.map(toUsageGap),
  }
}

function toFlavorUsage(sum: UsageSum, names: Names): z.infer<typeof usageSum> {
  return {
    deployment: names.get(sum.deploymentId) ?? null,
    flavor: sum.flavor,
    flavor_name: sum.flavorName,
    memory_mb: sum.memoryMb,
    seconds: toSeconds(sum.duration),
  }
}

function toUsageGap({ from, until, reason, exists }: UsageGap): z.infer<typeof usageGap> {
  return { from: toTime(from), until: toTime(until), seconds: toSeconds(until - from), reason, exists }
}

/** The header of the rows of `csvRows`. */
export const usageCsvHeader = [
  'instance',
  'tenant',
  'deployment',
  'flavor',
  'flavor_name',
  'memory_mb',
  'seconds',
  'missing_seconds',
  'final',
] as const

/** The rows of an instance, one for each tenant, deployment and flavor. The first one has the missing seconds of all. */
export function usageCsvRows(row: InstanceRow, names: Names, closed: boolean): (string | number | boolean | null)[][] {
  const missing = row.gaps.filter(isOpen).reduce((sum, { from, until }) => sum + until - from, 0)
  const final = closed && row.final
  if (row.sums.length === 0) {
    return [[row.instance, row.tenant, row.deployment, null, null, null, 0, toSeconds(missing), final]]
  }
  return row.sums.map((sum, index) => [
    row.instance,
    sum.tenant,
    names.get(sum.deploymentId) ?? null,
    sum.flavor,
    sum.flavorName,
    sum.memoryMb,
    toSeconds(sum.duration),
    index === 0 ? toSeconds(missing) : 0,
    final,
  ])
}
