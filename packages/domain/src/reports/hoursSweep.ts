import { HOUR, type Instant, SECOND } from '../time/instant.ts'
import type { Overlap, TenantHours } from './instanceHours.ts'

/** A verified exists, as counted by instance hours. */
export interface HoursExists {
  /** Breaks ties; does not depend on the order of arrival. */
  identity: string
  instance: string
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
}

/** What decides which of two exists has the flavor that was valid at a moment. */
type Precedence = Pick<HoursExists, 'identity' | 'when' | 'launchedAt' | 'auditPeriodEnding'>

interface ActiveExists {
  exists: HoursExists
  until: Instant
  overlaps: boolean
}

/** Time of one instance with one tenant and flavor. */
interface Segment {
  sums: TenantHours
  from: Instant
  until: Instant
}

/** State of the sweep over the exists of all instances. Only exists that overlap are in memory at once. */
export interface HoursSweep {
  instance: string | null
  /** Everything before this time of the instance has been counted. */
  position: Instant
  active: ActiveExists[]
  segment: Segment | null
  sums: Map<string, TenantHours>
  overlap: Overlap
}

export function emptyHoursSweep(): HoursSweep {
  const overlap = { exists: 0, leftOut: 0 }
  return { instance: null, position: 0, active: [], segment: null, sums: new Map(), overlap }
}

/** The first moment that an exists reports: it cannot be before the launch. */
export function startOfExists({ auditPeriodBeginning, launchedAt }: HoursExists): Instant {
  return Math.max(auditPeriodBeginning, launchedAt)
}

/** Adds an exists. The exists of an instance follow one another, in order of `startOfExists`. */
export function addExists(sweep: HoursSweep, exists: HoursExists): void {
  if (exists.instance !== sweep.instance) {
    finishInstance(sweep)
    sweep.instance = exists.instance
  }
  sumsOf(sweep, exists).count++
  const from = startOfExists(exists)
  const until = Math.min(exists.auditPeriodEnding, exists.deletedAt ?? exists.auditPeriodEnding)
  if (until <= from) return
  countUntil(sweep, from)
  sweep.position = from
  sweep.active.push({ exists, until, overlaps: false })
}

/** The sums by tenant, flavor and memory, in this order. The sweep is over. */
export function finishHours(sweep: HoursSweep): { hours: TenantHours[]; overlap: Overlap } {
  finishInstance(sweep)
  const hours = [...sweep.sums.values()].sort(
    (a, b) =>
      compareText(a.tenant, b.tenant) ||
      compareText(a.flavor, b.flavor) ||
      (a.memoryMb ?? Infinity) - (b.memoryMb ?? Infinity),
  )
  return { hours, overlap: sweep.overlap }
}

function finishInstance(sweep: HoursSweep): void {
  countUntil(sweep, Infinity)
  closeSegment(sweep)
}

/** Counts the time from the sweep's position to `end`, as far as an exists reports it. */
function countUntil(sweep: HoursSweep, end: Instant): void {
  while (sweep.position < end) {
    const [first, ...rest] = sweep.active
    if (first === undefined) return
    const next = sweep.active.reduce((least, { until }) => Math.min(least, until), end)
    const valid = rest.reduce((best, { exists }) => (takesPrecedence(exists, best) ? exists : best), first.exists)
    extendSegment(sweep, sumsOf(sweep, valid), next)
    if (rest.length > 0) {
      sweep.overlap.leftOut += (next - sweep.position) * rest.length
      for (const active of sweep.active) {
        if (!active.overlaps) sweep.overlap.exists++
        active.overlaps = true
      }
    }
    sweep.position = next
    sweep.active = sweep.active.filter(({ until }) => until > next)
  }
}

/**
 * Whether an exists and not another one has the flavor that was valid at a moment of both: that of the later launch, else
 * the one sent at the earlier moment, because a resize that fails later changes the flavor and keeps the launch. Times
 * less than a second apart are one launch: of its exists some have the exact time, others the one that the database rounded.
 */
export function takesPrecedence(exists: Precedence, other: Precedence): boolean {
  const launchedAfter = exists.launchedAt - other.launchedAt
  return (
    ((Math.abs(launchedAfter) < SECOND ? 0 : -launchedAfter) ||
      exists.auditPeriodEnding - other.auditPeriodEnding ||
      exists.when - other.when ||
      compareText(exists.identity, other.identity)) < 0
  )
}

/** The segment from the sweep's position until `until`; contiguous time with the same sums is one segment. */
function extendSegment(sweep: HoursSweep, sums: TenantHours, until: Instant): void {
  const { segment, position } = sweep
  if (segment?.sums === sums && segment.until === position) {
    segment.until = until
    return
  }
  closeSegment(sweep)
  sweep.segment = { sums, from: position, until }
}

function closeSegment(sweep: HoursSweep): void {
  const { segment } = sweep
  if (segment !== null) segment.sums.hours += Math.ceil((segment.until - segment.from) / HOUR)
  sweep.segment = null
}

function sumsOf({ sums }: HoursSweep, { tenant, flavor, flavorName, memoryMb }: HoursExists): TenantHours {
  const key = JSON.stringify([tenant, flavor, memoryMb])
  const entry = sums.get(key) ?? { tenant, flavor, flavorName, memoryMb, count: 0, hours: 0 }
  sums.set(key, entry)
  if (compareText(flavorName, entry.flavorName) < 0) entry.flavorName = flavorName
  return entry
}

/** Order by code units, with null last. */
function compareText(one: string | null, other: string | null): number {
  if (one === other) return 0
  if (one === null) return 1
  return other === null || one < other ? -1 : 1
}
