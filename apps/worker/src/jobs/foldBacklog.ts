import { ConcurrentFold, isTransient } from '@stacktach/db'
import type { WakeUp } from '@stacktach/jobs'
import type { JobContext } from './context.ts'

/** Of one transaction over a shard's backlog. */
export interface FoldStep {
  claimed: number
  /** The last key claimed, where the next step goes on; null when nothing is left after it. */
  last: string | null
  /** Who has something to do now. */
  wakeUps?: readonly WakeUp[]
}

export const EMPTY_STEP: FoldStep = { claimed: 0, last: null }

/** Rows of the backlog claimed in one transaction. */
export const BACKLOG_ROWS_PER_CLAIM = 2_000

/**
 * Works a shard's backlog off, one transaction after another, going once round its keys, so that none waits behind one that
 * never ends. What comes meanwhile is rung for by who stores it. Ends early on stopping, or when another process holds the
 * shard (`null`): that one may have claimed before what this was rung for was there, so it is rung once more.
 *
 * @returns how many rows of the backlog were folded
 */
export async function foldBacklog(
  context: JobContext,
  self: WakeUp,
  step: (after: string) => Promise<FoldStep | null>,
): Promise<number> {
  let folded = 0
  let after = ''
  while (!context.stopping.aborted) {
    const done = await retryOnce(() => step(after))
    if (done === null) {
      context.wakeUps.enqueue([self])
      break
    }
    // Only now is it committed, and there for who is rung.
    context.wakeUps.enqueue(done.wakeUps ?? [])
    folded += done.claimed
    if (done.last === null) break
    after = done.last
  }
  return folded
}

/** Once more after a deadlock or a fold that another process was in the middle of; the timer rings for all the rest. */
export async function retryOnce<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ConcurrentFold) && !isTransient(error)) throw error
    await new Promise((resolve) => setTimeout(resolve, 100))
    return work()
  }
}
