import { checkSharedSettings, databaseComponent, missingDatabase } from '@stacktach/db'
import { describeRedisError, reportSchedules } from '@stacktach/jobs'
import { Composition, createLogger, jobsConfig, Metrics, now, startMetrics, throttled } from '@stacktach/runtime'
import { failureCounter } from './metrics/failureCounter.ts'
import { jobsMetrics } from './metrics/jobsMetrics.ts'
import { scrapedMetrics } from './metrics/scrapedMetrics.ts'
import { openContext, webhookOf } from './openContext.ts'
import { openProducer } from './openProducer.ts'
import { runWorkers } from './runWorkers.ts'
import { startTimer } from './timer.ts'

/** A statement of a job processes a bounded batch. If it takes longer than this, the connection is dead. */
const QUERY_TIMEOUT_MS = 60_000

/** The `jobs` process: BullMQ workers for aggregation, verification, reports and maintenance. */
export async function jobs(environment: NodeJS.ProcessEnv): Promise<void> {
  const config = jobsConfig(environment)
  const schedules = reportSchedules(config.REPORT_SCHEDULES)
  const webhook = webhookOf(config)
  const logger = createLogger('jobs', config.LOG_LEVEL)
  const stopping = new AbortController()
  const warn = throttled((text) => logger.warn(`${text}; nothing is aggregated until then`))
  const onRedisError = (error: Error) => warn(describeRedisError(error))
  const metrics = new Metrics()
  const counts = jobsMetrics(metrics)
  await Composition.empty()
    .add('database', () =>
      databaseComponent({
        url: config.DATABASE_URL,
        applicationName: 'stacktach jobs',
        size: config.DATABASE_POOL,
        queryTimeout: QUERY_TIMEOUT_MS,
        metrics,
        logger,
      }),
    )
    .add('producer', () => openProducer(config, onRedisError, logger))
    .add('metrics', ({ database, producer }) => {
      scrapedMetrics(metrics, database, producer, now)
      const notReadyReasons = async () => [
        ...(await missingDatabase(database)),
        ...(producer.isReady() ? [] : ['Redis does not answer']),
      ]
      return startMetrics({ config, metrics, notReadyReasons, logger })
    })
    // Waits for the database, which all that follows needs.
    .add('sharedSettings', ({ database }) =>
      checkSharedSettings(database, { shards: config.SHARDS, rules: config.RULES }, now, logger),
    )
    .add('context', async ({ database, producer }) =>
      openContext(config, {
        database,
        producer,
        schedules,
        webhook,
        clock: now,
        onNewFailures: await failureCounter(metrics, database),
        stopping: stopping.signal,
        logger,
      }),
    )
    .add('workers', async ({ context }) => runWorkers(config, context, stopping, counts, onRedisError))
    .add('timer', ({ context }) => startTimer(context))
    .run(logger)
}
