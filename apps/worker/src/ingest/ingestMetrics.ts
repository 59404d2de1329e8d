import { type Instant, rejectReasons, SECOND } from '@stacktach/domain'
import type { DeploymentEntry, Metrics } from '@stacktach/runtime'
import type { Stored } from './storeMessages.ts'

const batchSizes = [1, 10, 50, 100, 250, 500, 1_000, 2_500, 10_000]

/** Seconds. A batch that is tried again takes as long as the database is away, a minute at most. */
const durations = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60]

/** Seconds from what the cloud wrote to the commit; hours are of notifications that were held up somewhere. */
const lags = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600]

/** What became of a batch once it is committed. */
export interface BatchOutcome extends Pick<Stored, 'received' | 'stored' | 'rejected' | 'reasons'> {
  /** Times of the notifications in it. */
  whens: readonly Instant[]
  now: Instant
  seconds: number
}

/** What one channel counts. */
export interface ChannelMetrics {
  /** A message came; what became of it is counted when its batch is committed. */
  received(): void
  committed(outcome: BatchOutcome): void
  /** A batch could not be stored, and is tried again. */
  failed(): void
  subscribed(is: boolean): void
}

export interface IngestMetrics {
  channel(deployment: string, exchange: string): ChannelMetrics
  /** Exchanges that are not subscribed to, as `deployment/exchange`. */
  unsubscribed(): string[]
}

/** What `ingest` counts, for every exchange of every deployment from 0 on. */
export function ingestMetrics(metrics: Metrics, deployments: readonly DeploymentEntry[]): IngestMetrics {
  const labels = ['deployment', 'exchange'] as const
  // A number is added to for each message, and the counter, which is looked up by its labels, when it is read.
  const arrivals: { place: Record<(typeof labels)[number], string>; number: number }[] = []
  const received = metrics.counter(
    {
      name: 'messages_received_total',
      help: 'Messages that the broker delivered; one that was given back and delivered again counts each time.',
      labels,
    },
    (counter) => {
      for (const arrived of arrivals) {
        counter.inc(arrived.place, arrived.number)
        arrived.number = 0
      }
    },
  )
  const stored = metrics.counter({ name: 'notifications_stored_total', help: 'Notifications that were new.', labels })
  const doubled = metrics.counter({
    name: 'notifications_doubled_total',
    help: 'Notifications that were there already: delivered again, or sent on a second topic.',
    labels,
  })
  const rejected = metrics.counter({
    name: 'messages_rejected_total',
    help: 'Messages that could not be stored and were kept as rejected, by why.',
    labels: ['deployment', 'reason'],
  })
  const failures = metrics.counter({
    name: 'batch_failures_total',
    help: 'Times that a batch could not be stored; it is tried again, and given back to the broker after a minute.',
    labels,
  })
  const size = metrics.histogram(
    { name: 'batch_messages', help: 'Messages of a committed batch.', labels: ['exchange'] },
    batchSizes,
  )
  const duration = metrics.histogram(
    {
      name: 'batch_duration_seconds',
      help: 'How long a batch took from its being full to its commit, all attempts together.',
      labels: ['exchange'],
    },
    durations,
  )
  const lag = metrics.histogram(
    {
      name: 'notification_lag_seconds',
      help: 'How old a notification was when it was committed, by the time the cloud wrote into it.',
      labels: ['deployment'],
    },
    lags,
  )
  const subscribed = metrics.gauge({
    name: 'exchange_subscribed',
    help: 'Whether the queues of an exchange are consumed: 1 or 0.',
    labels,
  })
  const open = new Map<string, boolean>()

  for (const { name: deployment, topics } of deployments) {
    for (const reason of rejectReasons) rejected.inc({ deployment, reason }, 0)
    for (const exchange of Object.keys(topics)) {
      const place = { deployment, exchange }
      for (const counter of [received, stored, doubled, failures]) counter.inc(place, 0)
      subscribed.set(place, 0)
      open.set(`${deployment}/${exchange}`, false)
    }
  }

  return {
    channel(deployment, exchange) {
      const place = { deployment, exchange }
      const lagOfThis = lag.labels({ deployment })
      const arrived = { place, number: 0 }
      arrivals.push(arrived)
      return {
        received() {
          arrived.number++
        },
        committed(outcome) {
          stored.inc(place, outcome.stored)
          doubled.inc(place, outcome.received - outcome.stored - outcome.rejected)
          for (const reason of rejectReasons) {
            const number = outcome.reasons[reason] ?? 0
            if (number > 0) rejected.inc({ deployment, reason }, number)
          }
          size.observe({ exchange }, outcome.received)
          duration.observe({ exchange }, outcome.seconds)
          // A clock that is ahead is no negative lag.
          for (const when of outcome.whens) lagOfThis.observe(Math.max(0, outcome.now - when) / SECOND)
        },
        failed: () => failures.inc(place),
        subscribed(is) {
          subscribed.set(place, is ? 1 : 0)
          open.set(`${deployment}/${exchange}`, is)
        },
      }
    },
    unsubscribed: () => [...open].filter(([, is]) => !is).map(([name]) => name),
  }
}
