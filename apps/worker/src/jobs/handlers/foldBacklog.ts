import type { WakeUp } from '@stacktach/jobs'
import type { JobContext } from '../context.ts'
import { retryTransient } from './retryTransient.ts'

/** Result of one transaction over a shard's backlog. */
export interface FoldStep {
  claimed: number
  /** The last claimed key, after which the next step continues; null if nothing is left after it. */
  last: string | null
  /** Jobs that have work after the commit. */
  wakeUps?: readonly WakeUp[]
}

export const EMPTY_STEP: FoldStep = { claimed: 0, last: null }

/** Rows of the backlog claimed in one transaction. */
export const BACKLOG_ROWS_PER_CLAIM = 2_000

/**
 * Folds a shard's backlog, one transaction after another, in one pass over its keys, so that a busy key never delays the
 * others. Rows added meanwhile have wake-ups of their own. Ends early on shutdown, or if another process holds the shard's
 * lock (`null`): that process may have claimed before the new rows were committed, so another wake-up is enqueued.
 *
 * @returns the number of folded backlog rows
 */
export async function foldBacklog(
  context: JobContext,
  self: WakeUp,
  step: (after: string) => Promise<FoldStep | null>,
): Promise<number> {
  let folded = 0
  let after = ''
  while (!context.stopping.aborted) {
    const done = await retryTransient(() => step(after))
    if (done === null) {
      context.wakeUps.enqueue([self])
      break
    }
    // Only after the commit can the jobs see their rows.
    context.wakeUps.enqueue(done.wakeUps ?? [])
    folded += done.claimed
    if (done.last === null) break
    after = done.last
  }
  return folded
}
