import type { Attempt, Instant, Operation, Outcome } from '@stacktach/domain'
import { type Activity, makeScale, type Scale } from '../scale/scale.ts'

/** A row of the timeline: an operation, or below it one of several attempts. */
export interface TimelineRow<Row extends Operation = Operation> {
  operation: Row
  /** Null in the row of the whole operation. */
  attempt: Attempt | null
  /** Of the attempt, or of the last attempt of the operation; from 1. */
  number: number
  outcome: Outcome
  bar: TimelineBar
}

/** A bar in percent of the width. */
export interface TimelineBar {
  x: number
  width: number
  from: Instant
  /** Null while it is open. */
  until: Instant | null
  /** Whether its start is unknown, because only its end is stored. */
  isStartUnknown: boolean
}

export interface Timeline<Row extends Operation = Operation> {
  scale: Scale
  rows: TimelineRow<Row>[]
}

/**
 * Lays operations out on a time scale: one row for each, in the given order, with a row below it for each attempt if there
 * are several. An open operation extends to `now`.
 */
export function layOutTimeline<Row extends Operation>(operations: readonly Row[], now: Instant): Timeline<Row> {
  const isOpen = operations.some(({ outcome }) => outcome === 'open')
  const scale = makeScale([
    ...operations.flatMap(({ attempts }) => attempts.flatMap(activitiesOf)),
    ...operations.map(({ when }) => ({ from: when, until: null })),
    ...(isOpen ? [{ from: now, until: null }] : []),
  ])
  const barOf = (from: Instant, until: Instant | null, outcome: Outcome, isStartUnknown: boolean): TimelineBar => {
    const x = scale.x(from)
    const end = until ?? (outcome === 'open' ? now : from)
    return { x, width: Math.max(0, scale.x(end) - x), from, until, isStartUnknown }
  }
  const rows = operations.flatMap((operation): TimelineRow<Row>[] => {
    const { attempts, when, end, outcome } = operation
    const from = attempts[0]?.start ?? when
    const whole = {
      operation,
      attempt: null,
      number: attempts.length,
      outcome,
      bar: barOf(from, end, outcome, attempts[0]?.start == null),
    }
    if (attempts.length < 2) return [whole]
    const parts = attempts.map((attempt, index) => ({
      operation,
      attempt,
      number: index + 1,
      outcome: attempt.outcome,
      bar: barOf(attempt.start ?? attempt.end ?? when, attempt.end, attempt.outcome, attempt.start === null),
    }))
    return [whole, ...parts]
  })
  return { scale, rows }
}

/** An attempt that was abandoned was not necessarily busy until its instance was deleted. */
function activitiesOf({ start, end, outcome }: Attempt): Activity[] {
  const from = start ?? end
  if (from === null) return []
  if (outcome !== 'abandoned') return [{ from, until: end }]
  return [{ from, until: null }, ...(end === null ? [] : [{ from: end, until: null }])]
}
