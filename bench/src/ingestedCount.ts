/** A batch that an ingest process stored; times in milliseconds of unix time. */
export interface StoredBatch {
  startedAt: number
  endedAt: number
  received: number
}

/**
 * Counts the messages stored after the first `warmUp` messages, and returns the time in which they were stored. If the
 * warm-up's batches contain all messages, everything counts.
 *
 * @throws RangeError if there is no batch
 */
export function countIngested(
  batches: readonly StoredBatch[],
  warmUp: number,
): { count: number; from: number; until: number } {
  const sorted = [...batches].sort((a, b) => a.endedAt - b.endedAt)
  let warmedUp = 0
  let from = Math.min(...sorted.map(({ startedAt }) => startedAt))
  let count = 0
  for (const { endedAt, received } of sorted) {
    if (warmedUp < warmUp) {
      warmedUp += received
      if (warmedUp >= warmUp) from = endedAt
    } else count += received
  }
  const last = sorted.at(-1)
  if (last === undefined) throw new RangeError('no batch was stored')
  if (count === 0) return countIngested(batches, 0)
  return { count, from, until: last.endedAt }
}
