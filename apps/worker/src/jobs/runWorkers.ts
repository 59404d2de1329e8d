import { startWorkers } from '@stacktach/jobs'
import type { Component, JobsConfig } from '@stacktach/runtime'
import type { JobContext } from './context.ts'
import { handlers } from './handlers/index.ts'
import type { JobsMetrics } from './metrics/jobsMetrics.ts'

/**
 * Runs the jobs of all queues, and counts and logs each attempt.
 *
 * @param stopping aborted before the workers stop, so that long jobs end after their current transaction
 * @param onRedisError called for connection errors of the workers
 */
export function runWorkers(
  { REDIS_URL, REDIS_PREFIX }: JobsConfig,
  context: JobContext,
  stopping: AbortController,
  counts: JobsMetrics,
  onRedisError: (error: Error) => void,
): Component<void> {
  const { logger } = context
  const stop = startWorkers(REDIS_URL, REDIS_PREFIX, handlers(context), {
    onError: (error, { queue, job, milliseconds = 0, willRetry = false }) => {
      if (job !== undefined) counts.failed({ job, milliseconds, willRetry })
      logger.error({ queue, job, milliseconds, willRetry, reason: error.message }, 'job failed')
    },
    onRedisError,
    onDone: (done) => {
      counts.done(done.job, done.milliseconds, done.result)
      logger.info(done, 'job done')
    },
  })
  return {
    value: undefined,
    stop: () => {
      stopping.abort()
      return stop()
    },
  }
}
