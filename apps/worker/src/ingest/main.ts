import { missingDatabase, openDatabase } from '@stacktach/db'
import { describeRedisError, Producer, WakeUps } from '@stacktach/jobs'
import {
  Composition,
  createLogger,
  ingestConfig,
  Metrics,
  poolMetrics,
  readDeployments,
  startMetrics,
  throttled,
} from '@stacktach/runtime'
import { checkSharedSettings } from '../agree.ts'
import { ingestMetrics } from './ingestMetrics.ts'
import { startIngest } from './startIngest.ts'

/** The `ingest` process: from the brokers of the deployments file into the database. */
export async function ingest(environment: NodeJS.ProcessEnv): Promise<void> {
  const config = ingestConfig(environment)
  const deployments = readDeployments(config.STACKTACH_DEPLOYMENTS_FILE)
  const logger = createLogger('ingest', config.LOG_LEVEL)
  const clock = () => Date.now() * 1000
  if (deployments.length === 0) {
    logger.warn({ file: config.STACKTACH_DEPLOYMENTS_FILE }, 'no deployment is enabled: nothing is consumed')
  }
  const metrics = new Metrics()
  const counts = ingestMetrics(metrics, deployments)
  await Composition.empty()
    .add('database', async () => {
      const database = openDatabase({
        url: config.DATABASE_URL,
        applicationName: 'stacktach ingest',
        size: config.DATABASE_POOL,
        queryTimeout: 30_000,
        onIdleError: (error) => logger.warn({ reason: error.message }, 'database connection lost'),
      })
      poolMetrics(metrics, database.pool, config.DATABASE_POOL)
      return { value: database, stop: () => database.close() }
    })
    .add('metrics', ({ database }) => {
      const lacks = async () => [
        ...(await missingDatabase(database)),
        ...counts.unsubscribed().map((exchange) => `${exchange} is not subscribed to`),
      ]
      return startMetrics({ config, metrics, lacks, logger })
    })
    .add('wakeUps', async () => {
      const missed = (error: Error) => logger.debug({ reason: error.message }, 'Redis did not hear')
      const trouble = throttled((text) => logger.warn(`${text}; answers are late until then`))
      const producer = new Producer(config.REDIS_URL, config.REDIS_PREFIX, (error) =>
        trouble(describeRedisError(error)),
      )
      const wakeUps = new WakeUps(producer, missed)
      return {
        value: wakeUps,
        stop: async () => {
          await wakeUps.flushed()
          await producer.close()
        },
      }
    })
    .add('agreement', ({ database }) => checkSharedSettings(database, { shards: config.SHARDS }, clock, logger))
    .add('ingest', ({ database, wakeUps }) =>
      startIngest({ database, wakeUps, deployments, config, clock, metrics, counts, logger }),
    )
    .run(logger)
}
