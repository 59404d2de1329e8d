import type { Instant } from '../time/instant.ts'
import {
  addExists,
  emptyHoursSweep,
  finishHours,
  type HoursExists,
  type HoursSweep,
  startOfExists,
} from './hoursSweep.ts'

/** Usage of one instance with one flavor, counted as instance hours count it. */
export interface InstanceFlavorUsage {
  instance: string
  /** The flavor's id; null if absent. */
  flavor: string | null
  flavorName: string | null
  memoryMb: number | null
  /** Number of exists. */
  exists: number
  /** Each started hour of contiguous time counts in full; each moment counts once. */
  hours: number
  /** The first and the last moment that the instance's exists report, with any flavor. */
  from: Instant
  until: Instant
}

/** State of the sweep over the exists of many instances, one instance after the other. */
export interface InstanceUsageSweep {
  current: { instance: string; sweep: HoursSweep; from: Instant; until: Instant } | null
}

export function emptyInstanceUsage(): InstanceUsageSweep {
  return { current: null }
}

/**
 * Adds an exists. The exists of an instance follow one another, in order of `startOfExists`.
 *
 * @returns the usage of the instance before, which is complete; else nothing
 */
export function addInstanceExists(state: InstanceUsageSweep, exists: HoursExists): InstanceFlavorUsage[] {
  const isSame = state.current?.instance === exists.instance
  const finished = isSame ? [] : finishInstanceUsage(state)
  const from = startOfExists(exists)
  // An exists of a period after the delete reports no time.
  const until = Math.min(exists.auditPeriodEnding, exists.deletedAt ?? exists.auditPeriodEnding)
  const current = state.current ?? { instance: exists.instance, sweep: emptyHoursSweep(), from, until: from }
  addExists(current.sweep, exists)
  current.until = Math.max(current.until, until)
  state.current = current
  return finished
}

/** The usage of the last instance. */
export function finishInstanceUsage(state: InstanceUsageSweep): InstanceFlavorUsage[] {
  const { current } = state
  state.current = null
  if (current === null) return []
  const { instance, sweep, from, until } = current
  return finishHours(sweep).hours.map(({ flavor, flavorName, memoryMb, count, hours }) => ({
    instance,
    flavor,
    flavorName,
    memoryMb,
    exists: count,
    hours,
    from,
    until,
  }))
}
