import type { NewFailures } from '@stacktach/db'
import type { WakeUp } from '@stacktach/jobs'
import type { JobContext } from '../context.ts'
import { retryTransient } from './retryTransient.ts'

/** Result of one transaction that folds a part of a shard's backlog. */
export interface FoldStep {
  /** Claimed rows. */
  claimed: number
  /** The last claimed key, after which the next step continues; null if no key follows. */
  last: string | null
  newFailures?: readonly NewFailures[]
  /** Jobs that have new work after the commit. */
  wakeUps?: readonly WakeUp[]
}

export const EMPTY_STEP: FoldStep = { claimed: 0, last: null }

/** Maximum number of backlog rows that one transaction claims. */
export const BACKLOG_ROWS_PER_CLAIM = 2_000

/**
 * Folds a shard's backlog in one pass over its keys, one transaction per step, so that a busy key never delays the others.
 * Rows that are added meanwhile have their own wake-ups. Ends early on shutdown, or when another process holds the shard's
 * lock: that process may have claimed before the new rows were committed, so another wake-up is enqueued.
 *
 * @param self the wake-up of this job
 * @param step folds the keys after the given one; null when another process holds the shard's lock
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
    const result = await retryTransient(() => step(after))
    if (result === null) {
      context.wakeUps.enqueue([self])
      break
    }
    // After the commit: earlier, the jobs would not see their rows.
    context.wakeUps.enqueue(result.wakeUps ?? [])
    context.onNewFailures(result.newFailures ?? [])
    folded += result.claimed
    if (result.last === null) break
    after = result.last
  }
  return folded
}
