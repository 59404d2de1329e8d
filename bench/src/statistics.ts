/** The distribution of a measurement over its rounds. */
export interface Spread {
  median: number
  min: number
  max: number
}

/**
 * The value below which a share of the values lies, by linear interpolation between the two nearest.
 *
 * @param share 0 to 1: 0.5 is the median
 * @throws RangeError if there is no value
 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const position = share * (sorted.length - 1)
  const below = sorted[Math.floor(position)]
  const above = sorted[Math.ceil(position)]
  if (below === undefined || above === undefined) throw new RangeError('there are no values')
  return below + (above - below) * (position - Math.floor(position))
}

/** Median, minimum and maximum. */
export function spreadOf(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), min: quantile(values, 0), max: quantile(values, 1) }
}

/** The ratio of each value to the reference value of the same round. */
export function ratios(values: readonly number[], references: readonly number[]): number[] {
  return values.map((value, round) => value / (references[round] ?? Number.NaN))
}
