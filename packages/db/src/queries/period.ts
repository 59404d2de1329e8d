/** A time interval in microseconds, both ends inclusive. */
export interface Period {
  min: number
  max: number
}

/** The part of a list to return. */
export interface Page {
  limit: number
  offset: number
}

/** The intersection of two periods; empty (min after max) if they do not overlap. */
export function overlap(a: Period, b: Period): Period {
  return { min: Math.max(a.min, b.min), max: Math.min(a.max, b.max) }
}
