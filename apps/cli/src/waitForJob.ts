import type { JobName, Producer, Result } from '@stacktach/jobs'
import { ProgressLine } from './output/progressLine.ts'

type EnqueuedJob = Awaited<ReturnType<Producer['enqueue']>>

const JOB_TIMEOUT_MS = 60 * 60_000

/** How long a job may stay queued before the command warns that no jobs process has picked it up. */
const QUEUED_WARNING_MS = 10_000

export interface WaitOptions {
  /** What the job does, for the progress line: `making daily report`. */
  activity: string
  /** Prints neither progress nor warnings. */
  silent: boolean
  /** An hour by default. */
  timeoutMs?: number
}

/**
 * Waits for a job and shows its progress.
 *
 * @returns the handler's result
 * @throws Error when the job fails, or is not done within `timeoutMs`
 */
export async function waitForJob<N extends JobName>(
  producer: Producer,
  name: N,
  job: EnqueuedJob,
  { activity, silent, timeoutMs = JOB_TIMEOUT_MS }: WaitOptions,
): Promise<Result<N>> {
  const line = new ProgressLine(silent)
  const startedAt = Date.now()
  let warned = silent
  try {
    return await producer.result(name, job, timeoutMs, (state, progress) => {
      const elapsedMs = Date.now() - startedAt
      if (!warned && state === 'waiting' && elapsedMs >= QUEUED_WARNING_MS) {
        warned = true
        line.clear()
        console.error(
          'no jobs process has picked this job up yet; start one with `npm run jobs`. The job stays queued if you stop waiting.',
        )
      }
      line.show(jobProgressText(activity, state, progress, elapsedMs))
    })
  } finally {
    line.clear()
  }
}

/**
 * Text of the progress line: `replaying: stored 500, rejected 2 (3 s)`.
 *
 * @param state of the job in BullMQ
 * @param progress reported by the handler: counters, and its own position
 */
export function jobProgressText(activity: string, state: string, progress: unknown, elapsedMs: number): string {
  const status = state === 'active' ? countersText(progress) : 'queued'
  return `${activity}: ${status} (${Math.floor(elapsedMs / 1000)} s)`
}

/** Fields of a progress that describe the position. */
const positions = new Set(['after', 'part', 'upTo'])

function countersText(progress: unknown): string {
  if (typeof progress !== 'object' || progress === null) return 'running'
  const counters = Object.entries(progress).filter(([name, value]) => !positions.has(name) && typeof value === 'number')
  return counters.map(([name, value]) => `${name} ${value}`).join(', ') || 'running'
}
