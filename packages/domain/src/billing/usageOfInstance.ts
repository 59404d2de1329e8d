import { takesPrecedence } from '../reports/hoursSweep.ts'
import type { Instant } from '../time/instant.ts'
import type { TimePeriod } from '../time/period.ts'

/** An exists, as usage reads it. */
export interface UsageExists {
  id: number
  /** Breaks ties; does not depend on the order of arrival. */
  identity: string
  instance: string
  deploymentId: number
  when: Instant
  launchedAt: Instant
  deletedAt: Instant | null
  auditPeriodBeginning: Instant
  auditPeriodEnding: Instant
  tenant: string | null
  /** The flavor's id; null if absent. */
  flavor: string | null
  flavorName: string | null
  memoryMb: number | null
  status: 'pending' | 'verifying' | 'verified' | 'failed'
}

/** When an instance existed. */
export interface Life {
  launchedAt: Instant
  /** Null while it exists. */
  deletedAt: Instant | null
}

/** Time in which an instance had one tenant and flavor. */
export interface UsageSegment extends TimePeriod {
  tenant: string | null
  flavor: string | null
  flavorName: string | null
  memoryMb: number | null
  deploymentId: number
  /** Ids of the verified exists that report this time; the first one's flavor counts. */
  exists: number[]
}

/**
 * Why time of an instance has no usage. `not due`: the audit that reports it is still to come. The other reasons mean
 * missing usage: an exists of this time failed or is pending, or nova sent none.
 */
export type GapReason = 'no exists' | 'failed exists' | 'pending exists' | 'not due'

/** Time in which an instance existed, without verified usage. */
export interface UsageGap extends TimePeriod {
  reason: GapReason
  /** Ids of the exists that report this time and are not verified. */
  exists: number[]
}

export interface InstanceUsage {
  segments: UsageSegment[]
  gaps: UsageGap[]
}

/** Part of a period in which the same exists report the instance. */
interface Slice extends TimePeriod {
  exists: UsageExists[]
}

/**
 * The usage of an instance in a period: each moment once, from verified exists, with the flavor that was valid then, as in
 * the report of instance hours. Time in which the instance existed, and that no verified exists reports, is a gap.
 *
 * @param exists of the instance, in any order; others than those that report time of the period change nothing
 * @param life null if no notification reported a launch
 * @param due time until which nova's audits must have reported all usage
 */
export function usageOfInstance(
  period: TimePeriod,
  exists: readonly UsageExists[],
  life: Life | null,
  due: Instant,
): InstanceUsage {
  const segments: UsageSegment[] = []
  const gaps: UsageGap[] = []
  for (const slice of slicesOf(period, exists, life, due)) {
    const verified = slice.exists.filter(({ status }) => status === 'verified').sort(byPrecedence)
    const [valid] = verified
    if (valid !== undefined) {
      addSegment(segments, slice, valid, verified)
    } else if (life !== null && life.launchedAt <= slice.from && slice.from < (life.deletedAt ?? Infinity)) {
      addGap(gaps, slice, due)
    }
  }
  return { segments, gaps }
}

/** Cuts the period at every time at which an exists, the life or the due time begins or ends. */
function slicesOf(
  { from, until }: TimePeriod,
  exists: readonly UsageExists[],
  life: Life | null,
  due: Instant,
): Slice[] {
  const reported = exists
    .map((row) => ({ row, from: Math.max(row.auditPeriodBeginning, row.launchedAt), until: untilOf(row) }))
    .filter((time) => time.from < time.until && time.from < until && time.until > from)
    .sort((a, b) => a.from - b.from)
  const ends = [from, until, due, life?.launchedAt ?? from, life?.deletedAt ?? until]
  const times = [...ends, ...reported.flatMap((time) => [time.from, time.until])]
    .filter((time) => time >= from && time <= until)
    .sort((a, b) => a - b)
  const cuts = times.filter((time, index) => time !== times[index - 1])
  let active: typeof reported = []
  let next = 0
  return cuts.slice(1).map((end, index) => {
    const start = cuts[index] ?? end
    active = active.filter((time) => time.until > start)
    for (let time = reported[next]; time !== undefined && time.from <= start; time = reported[++next]) {
      if (time.until > start) active.push(time)
    }
    return { from: start, until: end, exists: active.map(({ row }) => row) }
  })
}

function untilOf({ auditPeriodEnding, deletedAt }: UsageExists): Instant {
  return Math.min(auditPeriodEnding, deletedAt ?? auditPeriodEnding)
}

function byPrecedence(one: UsageExists, other: UsageExists): number {
  return takesPrecedence(one, other) ? -1 : 1
}

/** Adds a slice to the segments; contiguous time of the same tenant and flavor is one segment. */
function addSegment(segments: UsageSegment[], slice: Slice, valid: UsageExists, exists: readonly UsageExists[]): void {
  const { tenant, flavor, flavorName, memoryMb, deploymentId } = valid
  const ids = exists.map(({ id }) => id)
  const last = segments.at(-1)
  const continues =
    last !== undefined &&
    last.until === slice.from &&
    last.tenant === tenant &&
    last.flavor === flavor &&
    last.memoryMb === memoryMb &&
    last.deploymentId === deploymentId
  if (!continues) {
    segments.push({
      from: slice.from,
      until: slice.until,
      tenant,
      flavor,
      flavorName,
      memoryMb,
      deploymentId,
      exists: ids,
    })
    return
  }
  last.until = slice.until
  last.exists = [...new Set([...last.exists, ...ids])]
}

function addGap(gaps: UsageGap[], slice: Slice, due: Instant): void {
  const reason = reasonOf(slice, due)
  const ids = slice.exists.map(({ id }) => id)
  const last = gaps.at(-1)
  if (last === undefined || last.until !== slice.from || last.reason !== reason) {
    gaps.push({ from: slice.from, until: slice.until, reason, exists: ids })
    return
  }
  last.until = slice.until
  last.exists = [...new Set([...last.exists, ...ids])]
}

function reasonOf({ from, exists }: Slice, due: Instant): GapReason {
  if (exists.some(({ status }) => status === 'failed')) return 'failed exists'
  if (exists.length > 0) return 'pending exists'
  return from >= due ? 'not due' : 'no exists'
}
