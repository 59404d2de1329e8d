import type { NotificationHistogram } from '@stacktach/db'
import { DAY, type Duration, floorTo, HOUR, type Instant, MINUTE, SECOND, type TimePeriod } from '@stacktach/domain'

/** Lengths of a bar; the shortest that fits is chosen. */
export const BAR_STEPS: readonly Duration[] = [
  ...[1, 10].map((count) => count * SECOND),
  ...[1, 5, 15].map((count) => count * MINUTE),
  HOUR,
  ...[1, 7, 28, 364].map((count) => count * DAY),
]

/** More bars are too narrow to be pointed at. */
export const MAX_BARS = 170

/** What the longest bars cover. */
export const LONGEST_CHART: Duration = Math.max(...BAR_STEPS) * (MAX_BARS - 1)

/** A bar of the histogram, with its errors. */
export interface HistogramBar extends TimePeriod {
  count: number
  errors: number
}

/** All bars of a histogram, those without notifications too. The first and the last are cut off by the period. */
export function histogramBars(
  { period, step, counts }: NotificationHistogram,
  errors: readonly { from: Instant; count: number }[],
): HistogramBar[] {
  const all = new Map(counts.map(({ from, count }) => [from, count]))
  const failed = new Map(errors.map(({ from, count }) => [from, count]))
  const bars: HistogramBar[] = []
  for (let start = floorTo(period.from, step); start < period.until && bars.length <= MAX_BARS + 1; start += step) {
    const count = all.get(start) ?? 0
    bars.push({
      from: Math.max(start, period.from),
      until: Math.min(start + step, period.until),
      count,
      errors: Math.min(count, failed.get(start) ?? 0),
    })
  }
  return bars
}

/** The length of a bar in words. */
export function stepText(step: Duration): string {
  const [size, name] = [
    [DAY, 'day'],
    [HOUR, 'hour'],
    [MINUTE, 'minute'],
    [SECOND, 'second'],
  ].find(([size]) => step % Number(size) === 0) ?? [SECOND, 'second']
  const count = step / Number(size)
  return count === 1 ? String(name) : `${count} ${name}s`
}
