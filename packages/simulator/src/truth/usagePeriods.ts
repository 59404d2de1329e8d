import type { Micros } from '../core/time.ts'
import type { Instance } from '../world/instance.ts'
import type { ExistsTruth, UsagePeriodTruth } from './truth.ts'

/** What one exists says: the instance had this flavor from `from` (inclusive) to `until` (exclusive). */
type Claim = UsagePeriodTruth

function claimOf(exists: ExistsTruth): Claim {
  const { launchedAt, deletedAt, auditBeginning, auditEnding, tenant, instanceFlavorId, memoryMb } = exists
  const from = Math.max(auditBeginning, launchedAt ?? auditBeginning)
  return { from, until: Math.min(auditEnding, deletedAt ?? auditEnding), tenant, instanceFlavorId, memoryMb }
}

/** The flavor that the instance really had at a time. */
function flavorIdAt({ flavorChanges }: Instance, at: Micros): string | null {
  return flavorChanges.findLast((change) => change.at <= at)?.flavor.flavorId ?? null
}

/**
 * The times at which the instance existed according to its verified exists, each time once. Where exists disagree, the
 * flavor is the one that the instance really had.
 */
export function usagePeriodsOf(instance: Instance, exists: readonly ExistsTruth[]): UsagePeriodTruth[] {
  const claims = exists
    .filter(({ verdict }) => verdict?.status === 'verified')
    .map(claimOf)
    .filter(({ from, until }) => from < until)
  const edges = claims.flatMap(({ from, until }) => [from, until])
  const times = [...new Set([...edges, ...instance.flavorChanges.map(({ at }) => at)])].sort((a, b) => a - b)
  const periods: UsagePeriodTruth[] = []
  times.forEach((from, i) => {
    const until = times[i + 1]
    const covering = claims.filter((claim) => claim.from <= from && from < claim.until)
    const flavorId = flavorIdAt(instance, from)
    const claim = covering.find(({ instanceFlavorId }) => instanceFlavorId === flavorId) ?? covering[0]
    if (until === undefined || claim === undefined) return
    const last = periods.at(-1)
    const continues =
      last?.until === from && last.instanceFlavorId === claim.instanceFlavorId && last.tenant === claim.tenant
    if (continues && last !== undefined) periods[periods.length - 1] = { ...last, until }
    else periods.push({ ...claim, from, until })
  })
  return periods
}
