import { checkSharedSettings, missingDatabase, openDatabase, Partitions } from '@stacktach/db'
import {
  describeRedisError,
  Producer,
  permanentRedisError,
  reportSchedules,
  startWorkers,
  WakeUps,
} from '@stacktach/jobs'
import {
  Composition,
  ConfigError,
  createLogger,
  type JobsConfig,
  jobsConfig,
  Metrics,
  poolMetrics,
  startMetrics,
  throttled,
} from '@stacktach/runtime'
import type { JobContext, Publishing } from './context.ts'
import { handlers } from './handlers.ts'
import { jobsMetrics } from './jobsMetrics.ts'
import { scrapedMetrics } from './scrapedMetrics.ts'
import { startTimer } from './timer.ts'

/** Each statement of a job processes a bounded batch; one that takes longer has lost its server. */
const QUERY_TIMEOUT_MS = 60_000

/** The `jobs` process: BullMQ workers for aggregation, verification, reports and maintenance. */
export async function jobs(environment: NodeJS.ProcessEnv): Promise<void> {
  const config = jobsConfig(environment)
  const schedules = reportSchedules(config.REPORT_SCHEDULES)
  const logger = createLogger('jobs', config.LOG_LEVEL)
  const stopping = new AbortController()
  const clock = () => Date.now() * 1000
  const logRedisError = throttled((text) => logger.warn(`${text}; nothing is aggregated until then`))
  const metrics = new Metrics()
  const counts = jobsMetrics(metrics)
  await Composition.empty()
    .add('database', async () => {
      const database = openDatabase({
        url: config.DATABASE_URL,
        applicationName: 'stacktach jobs',
        size: config.DATABASE_POOL,
        queryTimeout: QUERY_TIMEOUT_MS,
        onIdleError: (error) => logger.warn({ reason: error.message }, 'database connection lost'),
      })
      poolMetrics(metrics, database.pool, config.DATABASE_POOL)
      return { value: database, stop: () => database.close() }
    })
    .add('redis', async () => {
      const refusal = await permanentRedisError(config.REDIS_URL)
      if (refusal !== null) throw new ConfigError(refusal)
      return { value: undefined, stop: async () => {} }
    })
    .add('producer', async () => {
      const producer = new Producer(config.REDIS_URL, config.REDIS_PREFIX, (error) =>
        logRedisError(describeRedisError(error)),
      )
      return { value: producer, stop: () => producer.close() }
    })
    .add('metrics', ({ database, producer }) => {
      scrapedMetrics(metrics, database, producer, clock)
      const notReadyReasons = async () => [
        ...(await missingDatabase(database)),
        ...(producer.isReady() ? [] : ['Redis does not answer']),
      ]
      return startMetrics({ config, metrics, notReadyReasons, logger })
    })
    .add('context', async ({ database, producer }) => {
      const wakeUps = new WakeUps(producer, (error) =>
        logger.debug({ reason: error.message }, 'could not enqueue wake-up'),
      )
      const context: JobContext = {
        database,
        partitions: new Partitions(database.pool, config.PARTITION_DAYS),
        producer,
        wakeUps,
        rules: config.RULES,
        shards: config.SHARDS,
        verification: {
          level: config.VERIFY_LEVEL,
          flavorField: config.VERIFY_FLAVOR_FIELD,
          settleSeconds: config.VERIFY_SETTLE_SECONDS,
        },
        publishing: publishingOf(config),
        retention: {
          nova: config.RETENTION_DAYS_NOVA,
          glance: config.RETENTION_DAYS_GLANCE,
          generic: config.RETENTION_DAYS_GENERIC,
          aggregates: config.AGGREGATE_RETENTION_DAYS,
        },
        maxBody: config.MAX_BODY,
        schedules,
        clock,
        stopping: stopping.signal,
        logger,
      }
      return { value: context, stop: () => wakeUps.flushed() }
    })
    .add('agreement', ({ database }) =>
      checkSharedSettings(database, { shards: config.SHARDS, rules: config.RULES }, clock, logger),
    )
    .add('workers', async ({ context }) => {
      const stop = startWorkers(config.REDIS_URL, config.REDIS_PREFIX, handlers(context), {
        onError: (error, { queue, job, milliseconds = 0, willRetry = false }) => {
          if (job !== undefined) counts.failed({ job, milliseconds, willRetry })
          logger.error({ queue, job, milliseconds, willRetry, reason: error.message }, 'job failed')
        },
        onRedisError: (error) => logRedisError(describeRedisError(error)),
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
    })
    .add('timer', ({ context }) => startTimer(context))
    .run(logger)
}

function publishingOf(config: JobsConfig): Publishing | null {
  if (config.PUBLISH_URL === undefined) return null
  return {
    url: config.PUBLISH_URL,
    exchange: config.PUBLISH_EXCHANGE,
    routingKeys: config.PUBLISH_ROUTING_KEYS,
    events: { nova: config.PUBLISH_NOVA_EVENT, glance: config.PUBLISH_GLANCE_EVENT },
  }
}
