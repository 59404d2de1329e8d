/** What several rounds of one measurement come to. */
export interface Spread {
  median: number
  min: number
  max: number
}

/**
 * The value below which a share of the values lies, by linear interpolation between the two nearest.
 *
 * @param share 0 to 1: 0.5 is the median
 * @throws RangeError when there is no value
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = share * (sorted.length - 1)
  const below = sorted[Math.floor(place)]
  const above = sorted[Math.ceil(place)]
  if (below === undefined || above === undefined) throw new RangeError('no value has been measured')
  return below + (above - below) * (place - Math.floor(place))
}

/** Median, least and greatest. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), min: quantile(values, 0), max: quantile(values, 1) }
}

/** Round by round, what was measured as a share of what was measured beside it. */
export function ratios(values: readonly number[], limits: readonly number[]): number[] {
  return values.map((value, round) => value / (limits[round] ?? Number.NaN))
}
