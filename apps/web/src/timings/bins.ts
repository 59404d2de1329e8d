import { type Bucket, bucketNumber, bucketOf, DAY, type Duration, HOUR, MINUTE, SECOND } from '@stacktach/domain'

/** A bar of the histogram: neighboring buckets together. */
export interface Bin extends Bucket {
  count: number
}

/**
 * Joins the counts of buckets into bars of equal width on the logarithmic scale, without a gap: from the first to the last
 * bucket.
 *
 * @param buckets in ascending order
 * @param most the largest number of bars
 */
export function binsOf(buckets: readonly Bin[], most: number): Bin[] {
  const numbered = buckets.map(({ from, count }) => ({ number: bucketNumber(from), count }))
  const first = numbered[0]?.number
  const last = numbered.at(-1)?.number
  if (first === undefined || last === undefined) return []
  const size = Math.ceil((last - first + 1) / most)
  const bins: Bin[] = []
  for (let number = first; number <= last; number += size) {
    bins.push({ from: bucketOf(number).from, until: bucketOf(number + size - 1).until, count: 0 })
  }
  for (const { number, count } of numbered) {
    const bin = bins[Math.floor((number - first) / size)]
    if (bin !== undefined) bin.count += count
  }
  return bins
}

/** Durations that a scale may be marked at. */
const marks: readonly Duration[] = [
  1_000,
  2_000,
  5_000,
  10_000,
  20_000,
  50_000,
  100_000,
  200_000,
  500_000,
  ...[1, 2, 5, 10, 20, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 5, 12].map((hours) => hours * HOUR),
  ...[1, 2, 5, 10, 20, 50].map((days) => days * DAY),
]

/** The place of a duration on the logarithmic scale from `from` until `until`: 0 to 1. */
export function placeOf(duration: Duration, { from, until }: Bucket): number {
  const start = Math.log(Math.max(MIN_DURATION, from))
  const end = Math.log(Math.max(MIN_DURATION, until))
  if (end <= start) return 0
  return Math.min(1, Math.max(0, (Math.log(Math.max(MIN_DURATION, duration)) - start) / (end - start)))
}

/** Durations below it are in one bucket, whose lower bound has no logarithm. */
const MIN_DURATION: Duration = 957

/** Round durations within a scale, at least `distance` apart in parts of it. */
export function marksWithin(scale: Bucket, distance: number): Duration[] {
  const chosen: Duration[] = []
  for (const mark of marks) {
    const last = chosen.at(-1)
    const isWithin = mark >= scale.from && mark <= scale.until
    if (isWithin && (last === undefined || placeOf(mark, scale) - placeOf(last, scale) >= distance)) chosen.push(mark)
  }
  return chosen
}

/** Round counts from 0 to at least the largest, three to six of them. */
export function countMarks(largest: number): number[] {
  const rough = Math.max(1, largest) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough) ?? power)
  const steps = Math.max(1, Math.ceil(largest / step))
  return Array.from({ length: steps + 1 }, (_, index) => index * step)
}
