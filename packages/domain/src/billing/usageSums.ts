import type { Duration } from '../time/duration.ts'
import type { UsageCounts, UsageSegment } from './usageOfInstance.ts'

/** Whose usage is summed: time with the same values is one sum. */
export type UsageKey = Pick<UsageSegment, 'tenant' | 'deploymentId' | 'flavor' | 'flavorName' | 'memoryMb'>

/** Usage of one tenant and flavor. */
export interface UsageSum extends UsageKey {
  duration: Duration
}

/** Sums segments by tenant, deployment and flavor. */
export function sumSegments(segments: readonly UsageSegment[]): UsageSum[] {
  const sums = new Map<string, UsageSum>()
  for (const { from, until, ...segment } of segments) {
    const key = usageKey(segment)
    const sum = sums.get(key)
    if (sum === undefined) sums.set(key, { ...keyOf(segment), duration: until - from })
    else sum.duration += until - from
  }
  return [...sums.values()]
}

/** The key as text. */
function usageKey({ tenant, deploymentId, flavor, flavorName, memoryMb }: UsageKey): string {
  return JSON.stringify([tenant, deploymentId, flavor, flavorName, memoryMb])
}

function keyOf({ tenant, deploymentId, flavor, flavorName, memoryMb }: UsageKey): UsageKey {
  return { tenant, deploymentId, flavor, flavorName, memoryMb }
}

/** A changed sum. */
export interface UsageChange extends UsageKey {
  before: Duration
  after: Duration
}

/** The sums that differ. */
export function usageChanges(before: readonly UsageSum[], after: readonly UsageSum[]): UsageChange[] {
  const changes = new Map<string, UsageChange>(
    before.map((sum) => [usageKey(sum), { ...keyOf(sum), before: sum.duration, after: 0 }]),
  )
  for (const sum of after) {
    const change = changes.get(usageKey(sum)) ?? { ...keyOf(sum), before: 0, after: 0 }
    changes.set(usageKey(sum), { ...change, after: sum.duration })
  }
  return [...changes.values()].filter((change) => change.before !== change.after)
}

/**
 * Why usage changed. `contradicted exists`: a verified exists failed. `late notification`: an exists, or what it is
 * verified against, arrived late.
 */
export type CorrectionReason = 'late notification' | 'contradicted exists'

/**
 * The reason of changes of an instance's day. After a delete, a failed exists reports time in which the instance did not
 * exist, so it is not among the gaps.
 *
 * @param counts of the exists of the day
 */
export function correctionReason(
  changes: readonly UsageChange[],
  counts: Pick<UsageCounts, 'failed'>,
): CorrectionReason {
  const added = changes.reduce((sum, change) => sum + change.after - change.before, 0)
  return added < 0 && counts.failed > 0 ? 'contradicted exists' : 'late notification'
}
