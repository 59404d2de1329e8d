import { type Database, deploymentId, Partitions } from '@stacktach/db'
import { type Instant, MINUTE, serviceOf } from '@stacktach/domain'
import type { WakeUps } from '@stacktach/jobs'
import {
  brokerOf,
  type Component,
  type DeploymentEntry,
  describeBrokerError,
  type IngestConfig,
  type Logger,
  type Metrics,
  throttled,
} from '@stacktach/runtime'
import { type ChannelModel, connect, type RecoveringChannelModel } from 'amqplib'
import pRetry from 'p-retry'
import { closeQuietly } from '../broker/goodbye.ts'
import { wakeUpFor } from '../wakeUpFor.ts'
import { ExchangeConsumer } from './consumer.ts'
import type { ChannelMetrics, IngestMetrics } from './ingestMetrics.ts'
import type { Message, Parsed } from './message.ts'
import { type Connected, queueDepths } from './queueDepths.ts'
import { storeMessages } from './storeMessages.ts'
import { declareTopology } from './topology.ts'

/** Bytes in one batch at most. */
const BATCH_BYTES = 8 * 1024 * 1024

/** Milliseconds that messages are held while the database is away; then the broker has them back. */
const STORE_RETRY_LIMIT_MS = 60_000

/** Milliseconds that a stopping process waits for a database that is away. */
const STOP_TIMEOUT_MS = 4_000

export interface IngestParts {
  database: Database
  wakeUps: WakeUps
  deployments: readonly DeploymentEntry[]
  config: IngestConfig
  clock: () => Instant
  metrics: Metrics
  counts: IngestMetrics
  logger: Logger
}

/** Consumes every exchange of every deployment: one connection a deployment, one channel an exchange. */
export async function startIngest(parts: IngestParts): Promise<Component<void>> {
  const partitions = new Partitions(parts.database.pool, parts.config.PARTITION_DAYS)
  const stopping = new AbortController()
  const running = await Promise.all(
    parts.deployments.map((deployment) => consumeDeployment(parts, deployment, partitions, stopping.signal)),
  )
  queueDepths(parts.metrics, running)
  return {
    value: undefined,
    async stop() {
      const patience = setTimeout(() => stopping.abort(), STOP_TIMEOUT_MS)
      await Promise.all(running.map(({ stop }) => stop()))
      clearTimeout(patience)
    },
  }
}

async function consumeDeployment(
  parts: IngestParts,
  deployment: DeploymentEntry,
  partitions: Partitions,
  stopping: AbortSignal,
): Promise<Connected & { stop(): Promise<void> }> {
  const logger = parts.logger.child({ deployment: deployment.name })
  const refused = throttled((text) => logger.error(text))
  const onRefused = (error: Error) => refused(describeBrokerError(error, deployment))
  const consumers = Object.entries(deployment.topics).map(([exchange, bindings]) => {
    const metrics = parts.counts.channel(deployment.name, exchange)
    return new ExchangeConsumer({
      exchange,
      bindings,
      prefetch: parts.config.PREFETCH,
      maxBody: parts.config.MAX_BODY,
      limits: { count: parts.config.BATCH_SIZE, bytes: BATCH_BYTES, linger: parts.config.BATCH_LINGER },
      declare: (connection) => declareTopology(connection, deployment, exchange, bindings, logger),
      store: storing(parts, deployment.name, exchange, partitions, stopping, metrics, logger),
      storable: () => databaseAnswers(parts.database, stopping),
      metrics,
      onRefused,
      logger,
    })
  })
  let current: ChannelModel | undefined
  const connection = await connectTo(deployment, logger, onRefused, async (model) => {
    current = model
    model.once('close', () => {
      if (current === model) current = undefined
    })
    for (const consumer of consumers) await consumer.consume(model)
    logger.info({ exchanges: Object.keys(deployment.topics) }, 'consuming')
  })
  return {
    deployment,
    connection: () => current,
    async stop() {
      await Promise.all(consumers.map((consumer) => consumer.stop()))
      await closeQuietly(connection.close())
    },
  }
}

/** Connects to a deployment's broker, now or as soon as it answers, and again whenever the connection is lost. */
async function connectTo(
  deployment: DeploymentEntry,
  logger: Logger,
  onRefused: (error: Error) => void,
  setup: (model: ChannelModel) => Promise<void>,
): Promise<RecoveringChannelModel> {
  const broker = `${deployment.rabbit_host}:${deployment.rabbit_port}`
  const connection = await connect(
    {
      ...brokerOf(deployment),
      heartbeat: 20,
    },
    {
      timeout: 10_000,
      clientProperties: { connection_name: `stacktach ingest ${deployment.name}` },
      recovery: {
        waitForConnect: false,
        initialDelay: 500,
        maxDelay: 15_000,
        setup: async (model: ChannelModel) => {
          // The recovery listens only once this is over, and an error that nobody hears ends the process.
          model.on('error', (error: Error) => logger.warn({ broker, reason: error.message }, 'connection lost'))
          await setup(model)
        },
      },
    },
  )
  connection.on('error', (error: Error) => logger.warn({ broker, reason: error.message }, 'connection lost'))
  connection.on('connect-failed', onRefused)
  connection.on('disconnect', () => logger.warn({ broker }, 'disconnected'))
  return connection
}

/** What stores a batch of one exchange: tried again while the database is in trouble, for at most a minute. */
function storing(
  { database, wakeUps, config, clock }: IngestParts,
  deployment: string,
  exchange: string,
  partitions: Partitions,
  stopping: AbortSignal,
  metrics: ChannelMetrics,
  logger: Logger,
): (messages: Parsed<Message>[]) => Promise<void> {
  let id: number | undefined
  const skewed = throttled((text) => logger.warn(text))
  return async (messages) => {
    const began = performance.now()
    const { touched, reasons, whens, ...counts } = await unlessStopped(
      stopping,
      pRetry(
        async () => {
          id ??= await deploymentId(database.pool, deployment)
          const destination = {
            deployment,
            deploymentId: id,
            service: serviceOf(exchange),
            shards: config.SHARDS,
          }
          return storeMessages(database, partitions, destination, messages, clock())
        },
        {
          retries: Number.POSITIVE_INFINITY,
          minTimeout: 200,
          maxTimeout: 5_000,
          maxRetryTime: STORE_RETRY_LIMIT_MS,
          signal: stopping,
          // Nothing is given up for any error: a bug is mended, and the messages are still there.
          shouldRetry: () => performance.now() - began < STORE_RETRY_LIMIT_MS,
          onFailedAttempt: ({ error, attemptNumber }) => {
            metrics.failed()
            logger.warn({ exchange, attempt: attemptNumber, reason: error.message }, 'could not store, trying again')
          },
        },
      ),
    )
    wakeUps.enqueue(touched.map(wakeUpFor))
    const latest = whens.reduce((last, when) => Math.max(last, when), Number.NEGATIVE_INFINITY)
    const minutes = Math.floor((latest - clock()) / MINUTE)
    if (minutes > 0) {
      skewed(
        `notifications are ${minutes} minutes ahead of this machine's clock: see that NTP runs here and in the cloud`,
      )
    }
    const milliseconds = performance.now() - began
    metrics.committed({ ...counts, reasons, whens, now: clock(), seconds: milliseconds / 1000 })
    const why = counts.rejected > 0 ? { reasons } : {}
    logger.info({ exchange, ...counts, ...why, milliseconds: Math.round(milliseconds) }, 'stored')
  }
}

/** Rejects when the process stops before `work` is done: what it works on is given back. */
function unlessStopped<T>(stopping: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new Error('the process stops'))
    stopping.addEventListener('abort', stop)
    work.then(resolve, reject).finally(() => stopping.removeEventListener('abort', stop))
  })
}

/** Resolves when the database answers, or the process stops. */
async function databaseAnswers(database: Database, stopping: AbortSignal): Promise<void> {
  await pRetry(() => database.pool.query('select 1'), {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 500,
    maxTimeout: 5_000,
    signal: stopping,
  }).catch(() => {})
}
