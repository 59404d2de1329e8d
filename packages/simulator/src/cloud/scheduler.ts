import type { Micros } from '../core/time.ts'
import { createTimeQueue } from '../core/timeQueue.ts'
import type { Steps } from '../operations/operation.ts'

/** Creates a scheduler that runs steps in simulated time. */
export function createScheduler(start: Micros) {
  const queue = createTimeQueue<Steps>()
  let now = start
  let running = 0
  const proceed = (steps: Steps): void => {
    const next = steps.next()
    if (next.done === true) running -= 1
    else queue.push(now + next.value, steps)
  }
  return {
    now: () => now,
    /** How many steps have started and not ended. */
    running: () => running,
    start(steps: Steps): void {
      running += 1
      proceed(steps)
    },
    /** When the next step runs, Infinity if there is none. */
    nextAt: () => queue.nextAt(),
    /** Runs the next step; returns false if there is none. */
    step(): boolean {
      now = queue.nextAt()
      const steps = queue.pop()
      if (steps === undefined) return false
      proceed(steps)
      return true
    },
  }
}

export type Scheduler = ReturnType<typeof createScheduler>
