import { ConcurrentFold, isTransient } from '@stacktach/db'
import type { Ring } from '@stacktach/jobs'
import type { JobContext } from './context.ts'

/** Of one transaction over a shard's backlog. */
export interface Step {
  claimed: number
  /** The last key claimed, where the next step goes on; null when nothing is left after it. */
  last: string | null
  /** Who has something to do now. */
  rings?: readonly Ring[]
}

export const NOTHING: Step = { claimed: 0, last: null }

/** Rows of the backlog claimed in one transaction. */
export const CLAIM = 2_000

/**
 * Works a shard's backlog off, one transaction after another, going once round its keys, so that none waits behind one that
 * never ends. What comes meanwhile is rung for by who stores it. Ends early on stopping, or when another process holds the
 * shard (`null`): that one may have claimed before what this was rung for was there, so it is rung once more.
 *
 * @returns how many rows of the backlog were folded
 */
export async function drain(
  context: JobContext,
  self: Ring,
  step: (after: string) => Promise<Step | null>,
): Promise<number> {
  let folded = 0
  let after = ''
  while (!context.stopping.aborted) {
    const done = await retrying(() => step(after))
    if (done === null) {
      context.doorbell.ring([self])
      break
    }
    // Only now is it committed, and there for who is rung.
    context.doorbell.ring(done.rings ?? [])
    folded += done.claimed
    if (done.last === null) break
    after = done.last
  }
  return folded
}

/** Once more after a deadlock or a fold that another process was in the middle of; the timer rings for all the rest. */
export async function retrying<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ConcurrentFold) && !isTransient(error)) throw error
    await new Promise((resolve) => setTimeout(resolve, 100))
    return work()
  }
}
