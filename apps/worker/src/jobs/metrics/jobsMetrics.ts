import { catalog, type FailedAttempt, isJobName, jobNames } from '@stacktach/jobs'
import type { Metrics } from '@stacktach/runtime'

/** From the fold of a few notifications to the report of a month. */
const DURATION_BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1_800]

/** Jobs that fold backlog rows. */
const foldJobs = ['usage', 'kpi'] as const

export interface JobsMetrics {
  /** Counts a successful attempt. */
  done(job: string, milliseconds: number, result: unknown): void
  /** Counts a failed attempt. */
  failed(failure: FailedAttempt): void
}

/** Counters of the jobs process, initialized to 0 for every job of the catalog. */
export function jobsMetrics(metrics: Metrics): JobsMetrics {
  const attempts = metrics.counter({
    name: 'jobs_finished_total',
    help: 'Job attempts by outcome: done, failed permanently (failed), or failed and to be retried (retried).',
    labels: ['job_name', 'outcome'],
  })
  const duration = metrics.histogram(
    {
      name: 'job_duration_seconds',
      help: 'Duration of job attempts of every outcome.',
      labels: ['job_name'],
    },
    DURATION_BUCKETS_SECONDS,
  )
  const folded = metrics.counter({
    name: 'backlog_folded_total',
    help: 'Backlog rows folded into aggregates.',
    labels: ['job_name'],
  })
  const corrections = metrics.counter({
    name: 'usage_corrections_total',
    help: 'Corrections of usage that the billing system or the broker has (confirmed), or that was final.',
    labels: ['kind'],
  })
  for (const kind of ['confirmed', 'final']) corrections.inc({ kind }, 0)
  const delivered = metrics.counter({
    name: 'webhook_delivered_total',
    help: 'Webhook messages that the receiver took, counted once for each success.',
  })
  const failedAttempts = metrics.counter({
    name: 'webhook_failed_attempts_total',
    help: 'Failed attempts to deliver a webhook message.',
  })
  for (const job of jobNames) {
    for (const outcome of ['done', 'failed', 'retried']) attempts.inc({ job_name: job, outcome }, 0)
  }
  for (const job of foldJobs) folded.inc({ job_name: job }, 0)
  const count = (job: string, outcome: 'done' | 'failed' | 'retried', milliseconds: number) => {
    // The name was read from Redis and may be unknown.
    if (!isJobName(job)) return
    attempts.inc({ job_name: job, outcome })
    duration.observe({ job_name: job }, milliseconds / 1000)
  }
  return {
    done(job, milliseconds, result) {
      count(job, 'done', milliseconds)
      const foldJob = foldJobs.find((name) => name === job)
      if (job === 'close-usage') {
        const { corrections: all, confirmed } = catalog['close-usage'].result.parse(result)
        corrections.inc({ kind: 'confirmed' }, confirmed)
        corrections.inc({ kind: 'final' }, all - confirmed)
      }
      if (foldJob !== undefined) folded.inc({ job_name: job }, catalog[foldJob].result.parse(result).folded)
      if (job === 'deliver-webhooks') {
        const counts = catalog[job].result.parse(result)
        delivered.inc(counts.delivered)
        failedAttempts.inc(counts.failed)
      }
    },
    failed: ({ job, milliseconds, willRetry }) => count(job, willRetry ? 'retried' : 'failed', milliseconds),
  }
}
