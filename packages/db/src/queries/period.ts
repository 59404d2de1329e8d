/** Instants (microseconds), inclusive at both ends. */
export interface Period {
  min: number
  max: number
}

/** Which rows of a list to return. */
export interface Page {
  limit: number
  offset: number
}

/** The instants that lie in both; empty (min after max) when there are none. */
export function overlap(a: Period, b: Period): Period {
  return { min: Math.max(a.min, b.min), max: Math.min(a.max, b.max) }
}
