import { ALL_TIME, type TimePeriod } from '@stacktach/domain'

/** Selects exists by the end of their audit period; null is open. */
export type ExistsRange = { [Bound in keyof TimePeriod]: TimePeriod[Bound] | null }

/** Replaces open ends, for use in SQL. */
export function boundsOf({ from, until }: ExistsRange): TimePeriod {
  return { from: from ?? ALL_TIME.from, until: until ?? ALL_TIME.until }
}
