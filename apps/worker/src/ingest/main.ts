import { checkSharedSettings, databaseComponent, missingDatabase } from '@stacktach/db'
import {
  Composition,
  createLogger,
  ingestConfig,
  Metrics,
  now,
  readDeployments,
  startMetrics,
} from '@stacktach/runtime'
import { ingestMetrics } from './ingestMetrics.ts'
import { openWakeUps } from './openWakeUps.ts'
import { startIngest } from './startIngest.ts'

const QUERY_TIMEOUT_MS = 30_000

/** The `ingest` process: stores the messages of the brokers in the deployments file. */
export async function ingest(environment: NodeJS.ProcessEnv): Promise<void> {
  const config = ingestConfig(environment)
  const logger = createLogger('ingest', config.LOG_LEVEL)
  const deployments = readDeployments(config.STACKTACH_DEPLOYMENTS_FILE, (line) => logger.warn(line))
  if (deployments.length === 0) {
    logger.warn({ file: config.STACKTACH_DEPLOYMENTS_FILE }, 'no deployment is enabled: nothing is consumed')
  }
  const metrics = new Metrics()
  const counts = ingestMetrics(metrics, deployments)
  await Composition.empty()
    .add('database', () =>
      databaseComponent({
        url: config.DATABASE_URL,
        applicationName: 'stacktach ingest',
        size: config.DATABASE_POOL,
        queryTimeout: QUERY_TIMEOUT_MS,
        metrics,
        logger,
      }),
    )
    .add('metrics', ({ database }) => {
      const notReadyReasons = async () => [
        ...(await missingDatabase(database)),
        ...counts.notConsuming().map((exchange) => `exchange ${exchange} is not consumed`),
      ]
      return startMetrics({ config, metrics, notReadyReasons, logger })
    })
    .add('queues', () => openWakeUps(config, logger))
    .add('sharedSettings', ({ database }) =>
      checkSharedSettings(database, { shards: config.SHARDS, rules: config.RULES }, now, logger),
    )
    .add('ingest', ({ database, queues }) =>
      startIngest({ database, ...queues, deployments, config, clock: now, metrics, counts, logger }),
    )
    .run(logger)
}
