import type { Spread } from './statistics.ts'
import { ratios, spreadOf } from './statistics.ts'

/** One line of the table. */
export interface Figure {
  section: string
  name: string
  unit: string
  /** Of the rounds. */
  value: Spread
  rounds: number
  /** As a share of what was measured beside it, and what that is. */
  ratio?: Spread & { to: string }
  goal?: { atLeast: number } | { atMost: number }
  /** What the line means, for people. */
  meaning: string
}

interface Measured {
  section: string
  name: string
  unit: string
  values: readonly number[]
  /** What each round's value is a share of. */
  against?: { to: string; values: readonly number[] }
  goal?: Figure['goal']
  meaning: string
}

/** A figure from the values of its rounds. */
export function figure({ values, against, goal, ...rest }: Measured): Figure {
  return {
    ...rest,
    value: spreadOf(values),
    rounds: values.length,
    ...(against === undefined ? {} : { ratio: { ...spreadOf(ratios(values, against.values)), to: against.to } }),
    ...(goal === undefined ? {} : { goal }),
  }
}

/** Whether a figure reaches its goal: by its ratio where it has one, else by its value. Null: it has no goal. */
export function reached({ value, ratio, goal }: Figure): boolean | null {
  if (goal === undefined) return null
  const { median } = ratio ?? value
  return 'atLeast' in goal ? median >= goal.atLeast : median <= goal.atMost
}

/** A figure without its goal. */
export function unjudged({ goal: _, ...rest }: Figure): Figure {
  return rest
}

/** Milliseconds of an endpoint's answers at a number of notifications. */
export interface Answer {
  endpoint: string
  notifications: number
  one: { median: number; p99: number }
  /** Of clients that ask at once. */
  many: { median: number; p99: number }
  /** The median for one client as a multiple of that at the number before; null: there was none. */
  growth: number | null
}
