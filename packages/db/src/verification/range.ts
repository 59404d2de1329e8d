import { FIRST_INSTANT, type Instant, LAST_INSTANT } from '@stacktach/domain'

/** Exists whose audit period ended in it, both ends inclusive, in microseconds of unix time; null is open. */
export interface ExistsRange {
  from: Instant | null
  to: Instant | null
}

/** Bounds that no time lies outside of, for the statements. */
export function boundsOf({ from, to }: ExistsRange): [number, number] {
  return [from ?? FIRST_INSTANT, to ?? LAST_INSTANT]
}
