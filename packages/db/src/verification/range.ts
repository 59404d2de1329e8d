import { FIRST_INSTANT, type Instant, LAST_INSTANT } from '@stacktach/domain'

/** Selects exists by the end of their audit period. Both ends inclusive, in microseconds of Unix time; null is open. */
export interface ExistsRange {
  from: Instant | null
  to: Instant | null
}

/** Replaces open ends by bounds that include every possible timestamp, for use in SQL. */
export function boundsOf({ from, to }: ExistsRange): [number, number] {
  return [from ?? FIRST_INSTANT, to ?? LAST_INSTANT]
}
