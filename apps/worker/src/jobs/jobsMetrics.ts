import { catalog, type FailedAttempt } from '@stacktach/jobs'
import type { Metrics } from '@stacktach/runtime'

/** Seconds: from a fold of a few notifications to a report over a month. */
const durations = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1_800]

export interface JobsMetrics {
  done(job: string, milliseconds: number, result: unknown): void
  failed(failure: FailedAttempt): void
}

/** Counters of the jobs process, initialized to 0 for every job of the catalog. */
export function jobsMetrics(metrics: Metrics): JobsMetrics {
  const finished = metrics.counter({
    name: 'jobs_finished_total',
    help: 'Job attempts by outcome: done, failed permanently (failed), or failed with a retry scheduled (retried).',
    labels: ['job_name', 'outcome'],
  })
  const duration = metrics.histogram(
    {
      name: 'job_duration_seconds',
      help: 'Duration of job attempts, whatever their outcome.',
      labels: ['job_name'],
    },
    durations,
  )
  const folded = metrics.counter({
    name: 'backlog_folded_total',
    help: 'Backlog rows folded into aggregates.',
    labels: ['job_name'],
  })
  for (const job of Object.keys(catalog)) {
    for (const outcome of ['done', 'failed', 'retried']) finished.inc({ job_name: job, outcome }, 0)
  }
  for (const job of ['usage', 'kpi']) folded.inc({ job_name: job }, 0)
  const count = (job: string, outcome: 'done' | 'failed' | 'retried', milliseconds: number) => {
    // The name comes from Redis and may be unknown.
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

/** Rows folded by usage or kpi; 0 for other jobs. */
function foldedOf(result: unknown): number {
  if (typeof result !== 'object' || result === null || !('folded' in result)) return 0
  return typeof result.folded === 'number' ? result.folded : 0
}
