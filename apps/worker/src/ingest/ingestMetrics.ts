import { type Instant, rejectReasons, SECOND } from '@stacktach/domain'
import type { StoreCounts } from '@stacktach/ingestion'
import type { DeploymentEntry, Metrics } from '@stacktach/runtime'

/** Buckets: messages of a batch. */
const BATCH_SIZE_BUCKETS = [1, 10, 50, 100, 250, 500, 1_000, 2_500, 10_000]

/** Buckets in seconds. A batch is retried for a minute at most. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60]

/** Buckets in seconds. A lag of hours means that a notification was queued, in the cloud or in the broker. */
const LAG_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600]

/** A committed batch. */
export interface CommittedBatch extends Pick<StoreCounts, 'received' | 'stored' | 'rejected' | 'reasons'> {
  /** Of the accepted notifications. */
  timestamps: readonly Instant[]
  now: Instant
  /** From the first attempt to the commit. */
  seconds: number
}

/** The name of a broker's node in metrics, logs and `status`. */
export function nodeName({ host, port }: { host: string; port: number }): string {
  return `${host}:${port}`
}

/** Label for messages of exchanges that the deployments file does not name: somebody else bound a queue to them. */
const OTHER_EXCHANGES = 'other'

/** The metrics of one exchange. */
export interface ExchangeMetrics {
  received(): void
  committed(batch: CommittedBatch): void
  /** An attempt to store a batch failed. */
  failed(): void
  consuming(isConsuming: boolean): void
}

export interface IngestMetrics {
  /** The exchanges that are not in the deployments file share their metrics. */
  exchange(deployment: string, exchange: string): ExchangeMetrics
  /** Exchanges that are not consumed, as `deployment/exchange`. */
  notConsuming(): string[]
  /** @param broker node of the deployment's broker that this process is connected to, as host:port; null: to none */
  connected(deployment: string, broker: string | null): void
}

/** Registers the metrics of `ingest`, with all series of the deployments at 0. */
export function ingestMetrics(metrics: Metrics, deployments: readonly DeploymentEntry[]): IngestMetrics {
  const labelNames = ['deployment', 'exchange'] as const
  // Counted per message in a plain number; the counter, which looks up its labels each time, is updated at each scrape.
  const uncounted: { labels: Record<(typeof labelNames)[number], string>; messages: number }[] = []
  const received = metrics.counter(
    {
      name: 'messages_received_total',
      help: 'Messages delivered by the broker. Redeliveries are counted again.',
      labels: labelNames,
    },
    (counter) => {
      for (const exchange of uncounted) {
        counter.inc(exchange.labels, exchange.messages)
        exchange.messages = 0
      }
    },
  )
  const stored = metrics.counter({
    name: 'notifications_stored_total',
    help: 'New notifications that were stored.',
    labels: labelNames,
  })
  const duplicates = metrics.counter({
    name: 'notifications_duplicate_total',
    help: 'Notifications that were stored before: redelivered, or sent to a second topic.',
    labels: labelNames,
  })
  const rejected = metrics.counter({
    name: 'messages_rejected_total',
    help: 'Messages that could not be stored as notifications and were kept as rejected, by reason.',
    labels: ['deployment', 'reason'],
  })
  const failures = metrics.counter({
    name: 'batch_failures_total',
    help: 'Failed attempts to store a batch. A batch is retried for a minute, then its messages are requeued.',
    labels: labelNames,
  })
  const size = metrics.histogram(
    { name: 'batch_messages', help: 'Messages of a committed batch.', labels: ['exchange'] },
    BATCH_SIZE_BUCKETS,
  )
  const duration = metrics.histogram(
    {
      name: 'batch_duration_seconds',
      help: 'Time to store a batch, from the first attempt to the commit.',
      labels: ['exchange'],
    },
    DURATION_BUCKETS,
  )
  const lag = metrics.histogram(
    {
      name: 'notification_lag_seconds',
      help: 'Age of a notification at its commit, from the timestamp in the notification.',
      labels: ['deployment'],
    },
    LAG_BUCKETS,
  )
  const consuming = metrics.gauge({
    name: 'exchange_consuming',
    help: 'Whether the queues of an exchange are consumed: 1 or 0.',
    labels: labelNames,
  })
  const isConsuming = new Map<string, boolean>()
  const connected = metrics.gauge({
    name: 'broker_connected',
    help: 'Whether this process is connected to a node of a broker: 1 or 0.',
    labels: ['deployment', 'broker'],
  })
  const nodes = new Map(deployments.map(({ name, broker }) => [name, broker.nodes.map(nodeName)]))
  const setConnected = (deployment: string, current: string | null) => {
    for (const broker of nodes.get(deployment) ?? []) connected.set({ deployment, broker }, broker === current ? 1 : 0)
  }

  for (const { name: deployment, topics } of deployments) {
    setConnected(deployment, null)
    for (const reason of rejectReasons) rejected.inc({ deployment, reason }, 0)
    for (const exchange of Object.keys(topics)) {
      const labels = { deployment, exchange }
      for (const counter of [received, stored, duplicates, failures]) counter.inc(labels, 0)
      consuming.set(labels, 0)
      isConsuming.set(`${deployment}/${exchange}`, false)
    }
  }

  const createExchange = (deployment: string, exchange: string): ExchangeMetrics => {
    const labels = { deployment, exchange }
    const deploymentLag = lag.labels({ deployment })
    const counter = { labels, messages: 0 }
    uncounted.push(counter)
    return {
      received() {
        counter.messages++
      },
      committed(batch) {
        stored.inc(labels, batch.stored)
        duplicates.inc(labels, batch.received - batch.stored - batch.rejected)
        for (const reason of rejectReasons) {
          const count = batch.reasons[reason] ?? 0
          if (count > 0) rejected.inc({ deployment, reason }, count)
        }
        size.observe({ exchange }, batch.received)
        duration.observe({ exchange }, batch.seconds)
        // A lag is never negative: the cloud's clock may be ahead.
        for (const timestamp of batch.timestamps) {
          deploymentLag.observe(Math.max(0, batch.now - timestamp) / SECOND)
        }
      },
      failed: () => failures.inc(labels),
      consuming(value) {
        consuming.set(labels, value ? 1 : 0)
        isConsuming.set(`${deployment}/${exchange}`, value)
      },
    }
  }

  const exchanges = new Map<string, ExchangeMetrics>()
  return {
    exchange(deployment, exchange) {
      const label = isConsuming.has(`${deployment}/${exchange}`) ? exchange : OTHER_EXCHANGES
      const key = `${deployment}/${label}`
      const metrics = exchanges.get(key) ?? createExchange(deployment, label)
      exchanges.set(key, metrics)
      return metrics
    },
    notConsuming: () => [...isConsuming].filter(([, value]) => !value).map(([name]) => name),
    connected: setConnected,
  }
}
