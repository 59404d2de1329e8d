import type { TimePeriod } from '@stacktach/domain'

/** The part of a list to return. */
export interface Page {
  limit: number
  offset: number
}

/** The intersection of two periods; empty (`from` not before `until`) if they do not overlap. */
export function overlap(a: TimePeriod, b: TimePeriod): TimePeriod {
  return { from: Math.max(a.from, b.from), until: Math.min(a.until, b.until) }
}
