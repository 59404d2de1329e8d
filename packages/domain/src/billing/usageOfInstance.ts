import { takesPrecedence } from '../reports/hoursSweep.ts'
import { type Instant, MINUTE, SECOND } from '../time/instant.ts'
import type { TimePeriod } from '../time/period.ts'
import type { Life, UsagePause } from './life.ts'

/** An exists, or contiguous verified ones with the same launch and flavor whose time no other exists reports. */
export interface UsageExists {
  /** Of several, the first one. */
  id: number
  /** Number of exists. */
  count: number
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

/** Time in which an instance had one tenant and flavor. */
export interface UsageSegment extends TimePeriod {
  tenant: string | null
  flavor: string | null
  flavorName: string | null
  memoryMb: number | null
  deploymentId: number
}

/**
 * Why time of an instance has no usage.
 * - `no exists`: nova sent none.
 * - `failed exists`, `pending exists`: an exists of this time failed, or has no verdict yet.
 * - `not due`: the audit that reports it is still to come.
 * - `relaunched`, `offloaded`: nova reports no usage between the begin of a resize or rebuild and the new launch, and of an
 *   offloaded instance.
 * - `short`: clocks of hosts differ, or a database rounded a launch to a second.
 */
export type GapReason =
  | 'no exists'
  | 'failed exists'
  | 'pending exists'
  | 'not due'
  | 'relaunched'
  | 'offloaded'
  | 'short'

/** Time in which an instance existed, without verified usage. */
export interface UsageGap extends TimePeriod {
  reason: GapReason
  /** Ids of the exists that report this time and are not verified. */
  exists: number[]
}

/** Number of exists that report time of a period, by status. */
export type UsageCounts = Record<UsageExists['status'], number>

export interface InstanceUsage {
  segments: UsageSegment[]
  gaps: UsageGap[]
  counts: UsageCounts
}

/** Before a delete, a resize or a rebuild, a shorter gap comes from differences between the clocks of hosts. */
const TOLERANCE = 5 * MINUTE

/** Reasons of gaps that never get usage, although nothing is missing. */
const EXPLAINED: ReadonlySet<GapReason> = new Set(['relaunched', 'offloaded', 'short'])

/** Whether a gap may still get usage, or should have had some. */
export function isOpen({ reason }: UsageGap): boolean {
  return !EXPLAINED.has(reason)
}

/**
 * Whether no late verdict of a known exists can change the usage: each gap is explained, and no exists is pending. The
 * period must be over.
 */
export function isFinal({ gaps, counts }: InstanceUsage): boolean {
  return counts.pending + counts.verifying === 0 && !gaps.some(isOpen)
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
  const reported = reportedIn(period, exists)
  for (const slice of slicesOf(period, reported, life, due)) {
    const valid = validOf(slice.exists)
    if (valid !== null) addSegment(segments, slice, valid)
    else if (life !== null && life.launchedAt <= slice.from && slice.from < (life.deletedAt ?? Infinity)) {
      gaps.push(gapOf(slice, life, due))
    }
  }
  const counts = { pending: 0, verifying: 0, verified: 0, failed: 0 }
  for (const { row } of reported) counts[row.status] += row.count
  return { segments, gaps: life === null ? [] : joined(explained(joined(gaps), segments, life)), counts }
}

/** An exists with the time that it reports. */
interface Reported extends TimePeriod {
  row: UsageExists
}

/** The exists that report time of the period, in an order that does not depend on theirs. */
function reportedIn({ from, until }: TimePeriod, exists: readonly UsageExists[]): Reported[] {
  return exists
    .map((row) => ({ row, from: Math.max(row.auditPeriodBeginning, row.launchedAt), until: untilOf(row) }))
    .filter((time) => time.from < time.until && time.from < until && time.until > from)
    .sort((a, b) => a.from - b.from || (a.row.identity < b.row.identity ? -1 : 1))
}

function untilOf({ auditPeriodEnding, deletedAt }: UsageExists): Instant {
  return Math.min(auditPeriodEnding, deletedAt ?? auditPeriodEnding)
}

/** Cuts the period at every time at which an exists, the life, a pause or the due time begins or ends. */
function slicesOf(
  { from, until }: TimePeriod,
  reported: readonly Reported[],
  life: Life | null,
  due: Instant,
): Slice[] {
  const ends = [from, until, due, life?.launchedAt ?? from, life?.deletedAt ?? until]
  const pauses = life?.pauses.flatMap((pause) => [pause.from, pause.until ?? until]) ?? []
  const times = [...ends, ...pauses, ...reported.flatMap((time) => [time.from, time.until])]
    .filter((time) => time >= from && time <= until)
    .sort((a, b) => a - b)
  const cuts = times.filter((time, index) => time !== times[index - 1])
  let active: Reported[] = []
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

/** The verified exists with the flavor that was valid; null without a verified one. */
function validOf(exists: readonly UsageExists[]): UsageExists | null {
  return exists
    .filter(({ status }) => status === 'verified')
    .reduce<UsageExists | null>((best, row) => (best === null || takesPrecedence(row, best) ? row : best), null)
}

/** Adds a slice to the segments; contiguous time of the same tenant and flavor is one segment. */
function addSegment(segments: UsageSegment[], { from, until }: Slice, valid: UsageExists): void {
  const { tenant, flavor, flavorName, memoryMb, deploymentId } = valid
  const last = segments.at(-1)
  const continues =
    last !== undefined &&
    last.until === from &&
    last.tenant === tenant &&
    last.flavor === flavor &&
    last.flavorName === flavorName &&
    last.memoryMb === memoryMb &&
    last.deploymentId === deploymentId
  if (continues) last.until = until
  else segments.push({ from, until, tenant, flavor, flavorName, memoryMb, deploymentId })
}

function gapOf({ from, until, exists }: Slice, life: Life, due: Instant): UsageGap {
  return { from, until, reason: reasonOf({ from, until, exists }, life, due), exists: exists.map(({ id }) => id) }
}

/** Joins contiguous gaps of the same reason. */
function joined(gaps: readonly UsageGap[]): UsageGap[] {
  const result: UsageGap[] = []
  for (const gap of gaps) {
    const last = result.at(-1)
    if (last?.until === gap.from && last.reason === gap.reason) {
      last.until = gap.until
      last.exists.push(...gap.exists)
    } else {
      result.push({ ...gap, exists: [...gap.exists] })
    }
  }
  return result.map((gap) => ({ ...gap, exists: [...new Set(gap.exists)] }))
}

function reasonOf({ from, exists }: Slice, { pauses }: Life, due: Instant): GapReason {
  if (exists.some(({ status }) => status === 'failed')) return 'failed exists'
  if (exists.length > 0) return 'pending exists'
  const pause = pauses.find((time) => time.from <= from && from < (time.until ?? Infinity))
  return pause?.reason ?? (from >= due ? 'not due' : 'no exists')
}

/**
 * Explains gaps without an exists by what follows them. The audit after an offload no longer reports the instance, so the
 * time since the exists before the offload is never reported.
 */
function explained(gaps: readonly UsageGap[], segments: readonly UsageSegment[], life: Life): UsageGap[] {
  const ends = new Set(segments.map(({ until }) => until))
  const starts = new Set(segments.map(({ from }) => from))
  return gaps.map((gap) => {
    if (gap.reason !== 'no exists') return gap
    const length = gap.until - gap.from
    const pause: UsagePause | undefined = life.pauses.find(({ from }) => from === gap.until)
    if (pause?.reason === 'offloaded') return { ...gap, reason: 'offloaded' }
    const ended = pause !== undefined || gap.until === life.deletedAt
    const isShort = (ended && length < TOLERANCE && ends.has(gap.from)) || (length < SECOND && starts.has(gap.until))
    return isShort ? { ...gap, reason: 'short' } : gap
  })
}
