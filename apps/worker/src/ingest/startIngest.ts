import { type BrokerOptions, closeQuietly, describeBrokerError } from '@stacktach/broker'
import { type Database, Partitions } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import { readOptions } from '@stacktach/ingestion'
import type { Producer, WakeUps } from '@stacktach/jobs'
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
import { startAnnouncing } from './announce.ts'
import { BatchStore } from './batchStore.ts'
import { connectWithRecovery } from './connectWithRecovery.ts'
import { QueueConsumer } from './consumer.ts'
import { messageExchange, type QueueGroup, queueGroups } from './exchanges.ts'
import { type IngestMetrics, nodeName } from './ingestMetrics.ts'
import { type ConnectedDeployment, queueMetrics } from './queueMetrics.ts'
import { Topology, TransientQueueRefused } from './topology.ts'

/** Maximum size of a batch; a single larger message is a batch of its own. */
const BATCH_BYTES = 8 * 1024 * 1024

/** How long a stopping process waits for the database. */
const STOP_TIMEOUT_MS = 4_000

/** How often the queues are bound again: see Topology.bind. */
const BIND_INTERVAL_MS = 10_000

export interface IngestContext {
  database: Database
  wakeUps: WakeUps
  producer: Producer
  deployments: readonly DeploymentEntry[]
  config: IngestConfig
  clock: () => Instant
  metrics: Metrics
  counts: IngestMetrics
  logger: Logger
}

/**
 * Consumes every queue of every deployment once, with one connection per deployment and one channel per exchange;
 * exchanges that share queues share the channel.
 */
export async function startIngest(context: IngestContext): Promise<Component<void>> {
  const partitions = new Partitions(context.database.pool, context.config.PARTITION_DAYS)
  const stopping = new AbortController()
  const nodes = new Map<string, string | null>(context.deployments.map(({ name }) => [name, null]))
  const announcer = startAnnouncing(context.producer, () => Object.fromEntries(nodes), context.logger)
  const onConnected = (deployment: string, node: string | null) => {
    nodes.set(deployment, node)
    context.counts.connected(deployment, node)
    announcer.changed()
  }
  const running = await Promise.all(
    context.deployments.map((deployment) =>
      consumeDeployment(context, deployment, partitions, stopping.signal, (node) => onConnected(deployment.name, node)),
    ),
  )
  queueMetrics(context.metrics, running)
  return {
    value: undefined,
    async stop() {
      const timeout = setTimeout(() => stopping.abort(), STOP_TIMEOUT_MS)
      await Promise.all(running.map(({ stop }) => stop()))
      await announcer.stop()
      clearTimeout(timeout)
    },
  }
}

/** @param onConnected receives the node of the broker whenever it changes; null: the connection is lost */
async function consumeDeployment(
  context: IngestContext,
  deployment: DeploymentEntry,
  partitions: Partitions,
  stopping: AbortSignal,
  onConnected: (node: string | null) => void,
): Promise<ConnectedDeployment & { stop(): Promise<void> }> {
  const logger = context.logger.child({ deployment: deployment.name })
  /** One for each host: the hosts are tried in turn, and each repeats its own error. */
  const loggers = new Map<string, (text: string) => void>()
  const topology = new Topology(deployment, logger)
  let current: ChannelModel | undefined
  let currentHost: BrokerOptions | undefined
  const onBrokerError = (error: Error, host = currentHost) => {
    // The topology has logged it.
    if ([error, error.cause].some((cause) => cause instanceof TransientQueueRefused)) return
    const address = `${host?.hostname}:${host?.port}`
    const log = loggers.get(address) ?? throttled((text) => logger.error(text))
    loggers.set(address, log)
    log(describeBrokerError(error, deployment, host))
  }
  const consumers = queueGroups(deployment.topics).map((group) =>
    createConsumer({ ...context, logger }, deployment, group, topology, partitions, stopping, onBrokerError),
  )
  const consumeAll = async (connection: ChannelModel, host: BrokerOptions) => {
    current = connection
    currentHost = host
    const node = nodeName({ host: host.hostname, port: host.port })
    onConnected(node)
    connection.once('close', () => {
      if (current !== connection) return
      current = undefined
      onConnected(null)
    })
    for (const consumer of consumers) await consumer.consume(connection)
    logger.info({ broker: node, exchanges: Object.keys(deployment.topics) }, 'consuming')
  }
  const connection = await connectWithRecovery(deployment, consumeAll, onBrokerError, logger)
  const stopBinding = bindRegularly(topology, () => current, logger)
  return {
    deployment,
    connection: () => current,
    async stop() {
      stopBinding()
      await Promise.all(consumers.map((consumer) => consumer.stop()))
      await closeQuietly(() => connection.close())
    },
  }
}

/**
 * Binds the queues again at intervals.
 *
 * @returns a function that stops it
 */
function bindRegularly(topology: Topology, connection: () => ChannelModel | undefined, logger: Logger): () => void {
  let isBinding = false
  const bind = async () => {
    const current = connection()
    if (current === undefined || isBinding) return
    isBinding = true
    for (const { message: reason } of await topology.bind(current)) logger.debug({ reason }, 'could not bind again')
    isBinding = false
  }
  const timer = setInterval(() => void bind(), BIND_INTERVAL_MS)
  return () => clearInterval(timer)
}

function createConsumer(
  { database, wakeUps, config, clock, counts, logger }: IngestContext,
  deployment: DeploymentEntry,
  group: QueueGroup,
  topology: Topology,
  partitions: Partitions,
  stopping: AbortSignal,
  onConsumeError: (error: Error) => void,
): QueueConsumer {
  const metrics = (exchange: string) => counts.exchange(deployment.name, exchange)
  const batchStore = new BatchStore({
    database,
    partitions,
    wakeUps,
    deployment: deployment.name,
    shards: config.SHARDS,
    metrics,
    clock,
    stopping,
    logger,
  })
  return new QueueConsumer({
    group,
    prefetch: config.PREFETCH,
    reading: readOptions(config),
    limits: { count: config.BATCH_SIZE, bytes: BATCH_BYTES, lingerMs: config.BATCH_LINGER },
    exchangeOf: messageExchange(deployment.topics, config.RULES === 'today' ? config.CONTROL_EXCHANGES : []),
    declare: (connection) => topology.declare(connection, group.exchanges),
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
