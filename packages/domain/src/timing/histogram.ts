import type { Duration } from '../time/duration.ts'

/** Buckets per doubling: a bucket is about 4.4 % wide. */
const PER_DOUBLING = 16

/** Powers of two above the first bound, which is a millisecond: the last bound is 49 days. */
const DOUBLINGS = 32

const FIRST_BOUND: Duration = 1_000

/**
 * The bounds of the histogram's buckets, in microseconds. Bucket 0 is below the first bound, bucket n from bound n - 1
 * until bound n, and the last one from the last bound on. Whole numbers, so that PostgreSQL's `timing_bucket` agrees.
 */
export const bucketBounds: readonly Duration[] = Array.from({ length: PER_DOUBLING * DOUBLINGS + 1 }, (_, index) =>
  Math.round(FIRST_BOUND * 2 ** (index / PER_DOUBLING)),
)

/** Durations from `from` until `until`. */
export interface Bucket {
  from: Duration
  /** Infinite in the last bucket. */
  until: Duration
}

/** The bounds of a bucket by its number. */
export function bucketOf(number: number): Bucket {
  return { from: bucketBounds[number - 1] ?? 0, until: bucketBounds[number] ?? Number.POSITIVE_INFINITY }
}

/** The number of a duration's bucket. */
export function bucketNumber(duration: Duration): number {
  let [low, high] = [0, bucketBounds.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (duration < (bucketBounds[middle] ?? 0)) high = middle
    else low = middle + 1
  }
  return low
}

/** A bucket's number and how many durations are in it. */
export interface CountedBucket {
  bucket: number
  count: number
}

/**
 * The duration that `percent` of the durations do not exceed: the upper bound of the bucket that contains it, and never more
 * than the longest duration.
 *
 * @param counted in ascending order, each with a positive count; at least one
 * @param max the longest duration
 */
export function percentileOf(counted: readonly CountedBucket[], percent: number, max: Duration): Duration {
  const total = counted.reduce((sum, { count }) => sum + count, 0)
  const rank = Math.max(1, Math.ceil((total * percent) / 100))
  let seen = 0
  for (const { bucket, count } of counted) {
    seen += count
    if (seen >= rank) return Math.min(bucketOf(bucket).until, max)
  }
  return max
}
