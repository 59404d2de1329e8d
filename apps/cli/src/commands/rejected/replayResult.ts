import type { Result } from '@stacktach/jobs'

/** Messages of a replay by result. */
export type ReplayCounts = Result<'replay-rejected'>

/** A message that was replayed by its id and is still rejected. */
export interface StillRejected {
  id: number
  reason: string
  detail: string
}

/** The JSON of `rejected replay --json`. */
export function replayObject(counts: ReplayCounts, stillRejected: readonly StillRejected[]) {
  return stillRejected.length > 0 ? { ...counts, still_rejected: stillRejected } : counts
}

/** The result as text: counts on the first line, then one line per message that is still rejected. */
export function replayText(
  { stored, duplicates, rejected, truncated }: ReplayCounts,
  stillRejected: readonly StillRejected[],
): string {
  const counts = [
    `stored ${stored}`,
    `duplicates ${duplicates}`,
    `rejected ${rejected}`,
    ...(truncated > 0 ? [`not replayed ${truncated} (too large: only the beginning is stored)`] : []),
  ]
  return [counts.join(', '), ...stillRejected.map(({ id, reason, detail }) => `${id}: ${reason}: ${detail}`)].join('\n')
}
