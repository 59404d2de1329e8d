import { HOUR, type Instant } from '@stacktach/domain'
import type { ExistsTruth, Truth } from '@stacktach/simulator'

/** Sums of the report `instance hours`. */
export interface HoursTruth {
  count: number
  unit_hours: number
}

/** One exists, or the hours of one period of use. */
export type UsageEntry = HoursTruth & { flavor: string; tenant: string }

const UNIT_MB = 256

const isVerifiedWithin = ({ verdict, auditBeginning, auditEnding }: ExistsTruth, from: Instant, until: Instant) =>
  verdict?.status === 'verified' && auditBeginning >= from && auditEnding >= from && auditEnding <= until

/**
 * The instance hours of a simulated cloud: each verified exists counts, each moment of an instance counts once, and
 * each started hour of a flavor counts in full.
 *
 * @param from inclusive
 * @param until exclusive
 */
export function usageEntries(truth: Truth, from: Instant, until: Instant): UsageEntry[] {
  return Object.values(truth.instances).flatMap(({ exists, usage }) => [
    ...exists
      .filter((row) => isVerifiedWithin(row, from, until))
      .map(({ instanceFlavorId, tenant }) => ({ flavor: instanceFlavorId ?? '', tenant, count: 1, unit_hours: 0 })),
    ...usage.flatMap((period) => {
      const length = Math.min(period.until, until) - Math.max(period.from, from)
      if (length <= 0) return []
      const hours = Math.ceil(length / HOUR)
      const { instanceFlavorId, tenant, memoryMb } = period
      return [{ flavor: instanceFlavorId ?? '', tenant, count: 0, unit_hours: (hours * memoryMb) / UNIT_MB }]
    }),
  ])
}

/** The sums of some entries. */
export function sumsOf(entries: readonly UsageEntry[]): HoursTruth {
  return entries.reduce(
    (sums, { count, unit_hours }) => ({ count: sums.count + count, unit_hours: sums.unit_hours + unit_hours }),
    { count: 0, unit_hours: 0 },
  )
}
