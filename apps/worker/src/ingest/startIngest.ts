import { closeQuietly, describeBrokerError } from '@stacktach/broker'
import { type Database, Partitions } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import type { WakeUps } from '@stacktach/jobs'
import {
  type Component,
  type DeploymentEntry,
  type IngestConfig,
  type Logger,
  type Metrics,
  throttled,
} from '@stacktach/runtime'
import type { ChannelModel } from 'amqplib'
import pRetry from 'p-retry'
import { BatchStore } from './batchStore.ts'
import { connectWithRecovery } from './connectWithRecovery.ts'
import { ExchangeConsumer } from './consumer.ts'
import type { IngestMetrics } from './ingestMetrics.ts'
import { type ConnectedDeployment, queueMetrics } from './queueMetrics.ts'
import { declareTopology } from './topology.ts'

/** Maximum size of a batch; a single larger message is a batch of its own. */
const BATCH_BYTES = 8 * 1024 * 1024

/** How long a stopping process waits for the database. */
const STOP_TIMEOUT_MS = 4_000

export interface IngestContext {
  database: Database
  wakeUps: WakeUps
  deployments: readonly DeploymentEntry[]
  config: IngestConfig
  clock: () => Instant
  metrics: Metrics
  counts: IngestMetrics
  logger: Logger
}

/** Consumes every exchange of every deployment, with one connection per deployment and one channel per exchange. */
export async function startIngest(context: IngestContext): Promise<Component<void>> {
  const partitions = new Partitions(context.database.pool, context.config.PARTITION_DAYS)
  const stopping = new AbortController()
  const running = await Promise.all(
    context.deployments.map((deployment) => consumeDeployment(context, deployment, partitions, stopping.signal)),
  )
  queueMetrics(context.metrics, running)
  return {
    value: undefined,
    async stop() {
      const timeout = setTimeout(() => stopping.abort(), STOP_TIMEOUT_MS)
      await Promise.all(running.map(({ stop }) => stop()))
      clearTimeout(timeout)
    },
  }
}

async function consumeDeployment(
  context: IngestContext,
  deployment: DeploymentEntry,
  partitions: Partitions,
  stopping: AbortSignal,
): Promise<ConnectedDeployment & { stop(): Promise<void> }> {
  const logger = context.logger.child({ deployment: deployment.name })
  const logError = throttled((text) => logger.error(text))
  const onBrokerError = (error: Error) => logError(describeBrokerError(error, deployment))
  const consumers = Object.keys(deployment.topics).map((exchange) =>
    createConsumer(context, deployment, exchange, partitions, stopping, onBrokerError, logger),
  )
  let current: ChannelModel | undefined
  const consumeAll = async (connection: ChannelModel) => {
    current = connection
    connection.once('close', () => {
      if (current === connection) current = undefined
    })
    for (const consumer of consumers) await consumer.consume(connection)
    logger.info({ exchanges: Object.keys(deployment.topics) }, 'consuming')
  }
  const connection = await connectWithRecovery(deployment, consumeAll, onBrokerError, logger)
  return {
    deployment,
    connection: () => current,
    async stop() {
      await Promise.all(consumers.map((consumer) => consumer.stop()))
      await closeQuietly(() => connection.close())
    },
  }
}

function createConsumer(
  { database, wakeUps, config, clock, counts }: IngestContext,
  deployment: DeploymentEntry,
  exchange: string,
  partitions: Partitions,
  stopping: AbortSignal,
  onConsumeError: (error: Error) => void,
  logger: Logger,
): ExchangeConsumer {
  const bindings = deployment.topics[exchange] ?? []
  const metrics = counts.channel(deployment.name, exchange)
  const batchStore = new BatchStore({
    database,
    partitions,
    wakeUps,
    deployment: deployment.name,
    exchange,
    shards: config.SHARDS,
    metrics,
    clock,
    stopping,
    logger,
  })
  return new ExchangeConsumer({
    exchange,
    bindings,
    prefetch: config.PREFETCH,
    maxBody: config.MAX_BODY,
    limits: { count: config.BATCH_SIZE, bytes: BATCH_BYTES, lingerMs: config.BATCH_LINGER },
    declare: (connection) => declareTopology(connection, deployment, exchange, bindings, logger),
    store: (messages) => batchStore.store(messages),
    databaseAvailable: () => databaseAvailable(database, stopping),
    metrics,
    onConsumeError,
    logger,
  })
}

/** Resolves when the database answers, or the process stops. */
async function databaseAvailable(database: Database, stopping: AbortSignal): Promise<void> {
  await pRetry(() => database.pool.query('select 1'), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 500,
    maxTimeout: 5_000,
    signal: stopping,
  }).catch(() => {})
}
