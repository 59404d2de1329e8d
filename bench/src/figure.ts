import type { Spread } from './statistics.ts'
import { ratios, spreadOf } from './statistics.ts'

/** A measured figure: one line of the table. */
export interface Figure {
  section: string
  name: string
  unit: string
  /** Over the rounds. */
  value: Spread
  rounds: number
  /** The value as a share of the reference `to`, which was measured in the same rounds. */
  ratio?: Spread & { to: string }
  goal?: { atLeast: number } | { atMost: number }
  /** An explanation for the reader. */
  meaning: string
}

interface Measurement {
  section: string
  name: string
  unit: string
  values: readonly number[]
  /** The reference for the ratio: its name, and its value in each round. */
  against?: { to: string; values: readonly number[] }
  goal?: Figure['goal']
  meaning: string
}

/** Creates a figure from the values of its rounds. */
export function figure({ values, against, goal, ...rest }: Measurement): Figure {
  return {
    ...rest,
    value: spreadOf(values),
    rounds: values.length,
    ...(against === undefined ? {} : { ratio: { ...spreadOf(ratios(values, against.values)), to: against.to } }),
    ...(goal === undefined ? {} : { goal }),
  }
}

/** Whether the figure's ratio, or its value if it has no ratio, reaches the goal; null if it has no goal. */
export function reachesGoal({ value, ratio, goal }: Figure): boolean | null {
  if (goal === undefined) return null
  const { median } = ratio ?? value
  return 'atLeast' in goal ? median >= goal.atLeast : median <= goal.atMost
}

/** Removes the goal. */
export function withoutGoal({ goal: _, ...rest }: Figure): Figure {
  return rest
}

/** Response times of an endpoint at a number of stored notifications, milliseconds. */
export interface Answer {
  endpoint: string
  notifications: number
  oneClient: { median: number; p99: number }
  /** With CLIENTS concurrent clients. */
  manyClients: { median: number; p99: number }
  /**
   * The median with one client as a multiple of that at the previous number of notifications; null if there is none.
   */
  growth: number | null
}
