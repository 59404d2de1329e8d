import { catalog, type FailedAttempt } from '@stacktach/jobs'
import type { Metrics } from '@stacktach/runtime'

/** Seconds: from a fold of a few notifications to a report over a month. */
const durations = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1_800]

export interface JobsMetrics {
  done(job: string, milliseconds: number, result: unknown): void
  failed(failure: FailedAttempt): void
}

/** What `jobs` counts, for every job of the catalog from 0 on. */
export function jobsMetrics(metrics: Metrics): JobsMetrics {
  const finished = metrics.counter({
    name: 'jobs_finished_total',
    help: 'Attempts at jobs by how they ended: done, failed for good, or failed to be tried again (retried).',
    labels: ['job_name', 'outcome'],
  })
  const duration = metrics.histogram(
    {
      name: 'job_duration_seconds',
      help: 'How long an attempt at a job took, however it ended.',
      labels: ['job_name'],
    },
    durations,
  )
  const folded = metrics.counter({
    name: 'backlog_folded_total',
    help: 'Rows of the backlog that were folded into aggregates.',
    labels: ['job_name'],
  })
  for (const job of Object.keys(catalog)) {
    for (const outcome of ['done', 'failed', 'retried']) finished.inc({ job_name: job, outcome }, 0)
  }
  for (const job of ['usage', 'kpi']) folded.inc({ job_name: job }, 0)
  const count = (job: string, outcome: 'done' | 'failed' | 'retried', milliseconds: number) => {
    // Its name comes from Redis.
    if (!Object.hasOwn(catalog, job)) return
    finished.inc({ job_name: job, outcome })
    duration.observe({ job_name: job }, milliseconds / 1000)
  }
  return {
    done(job, milliseconds, result) {
      count(job, 'done', milliseconds)
      const rows = foldedOf(result)
      if (rows > 0) folded.inc({ job_name: job }, rows)
    },
    failed: ({ job, milliseconds, willRetry }) => count(job, willRetry ? 'retried' : 'failed', milliseconds),
  }
}

/** Rows that a fold says it folded; what other jobs return says nothing of that. */
function foldedOf(result: unknown): number {
  if (typeof result !== 'object' || result === null || !('folded' in result)) return 0
  return typeof result.folded === 'number' ? result.folded : 0
}
