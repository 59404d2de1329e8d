import { ALL_TIME, type TimePeriod } from '@stacktach/domain'

/** Selects exists by the end of their audit period; null is open. */
export type ExistsRange = { [Bound in keyof TimePeriod]: TimePeriod[Bound] | null }

/** Replaces open ends, for use in SQL. */
export function boundsOf({ from, until }: ExistsRange): TimePeriod {
  return { from: from ?? ALL_TIME.from, until: until ?? ALL_TIME.until }
}

/** SQL condition: an exists is between $1 and $2. One without an audit period is placed by the time of its notification. */
export const inRange = `(audit_period_ending >= $1 and audit_period_ending < $2
  or audit_period_ending is null and "when" >= $1 and "when" < $2)`
