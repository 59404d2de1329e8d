import {
  backlogState,
  countContradicted,
  countExistsStatus,
  countMissing,
  countOpenOperations,
  countStuck,
  type Database,
  existsServices,
  existsStatuses,
  storedCounts,
  webhookState,
  withStatementTimeout,
} from '@stacktach/db'
import { type Instant, SECOND } from '@stacktach/domain'
import { countJobs, type Producer } from '@stacktach/jobs'
import type { Metrics } from '@stacktach/runtime'

/** Timeout of the statements that collect metrics. */
const STATEMENT_TIMEOUT_MS = 2_500

/** Metrics read from PostgreSQL and Redis at each scrape; every jobs process reports the same values. */
export function scrapedMetrics(metrics: Metrics, database: Database, producer: Producer, clock: () => Instant): void {
  const query = <T>(work: Parameters<typeof withStatementTimeout<T>>[2]) =>
    withStatementTimeout(database.pool, STATEMENT_TIMEOUT_MS, work)

  metrics.collector(
    'backlog',
    {
      rows: { name: 'backlog_rows', help: 'Rows of the backlog.', labels: ['kind'] },
      age: {
        name: 'backlog_oldest_age_seconds',
        help: 'Age of the oldest notification in the backlog, by its timestamp; 0 if there is none.',
      },
    },
    async () => {
      const { rows, oldest } = await query(backlogState)
      return [
        ...Object.entries(rows).map(([kind, value]) => ({ gauge: 'rows' as const, labels: { kind }, value })),
        { gauge: 'age', value: oldest === null ? 0 : Math.max(0, clock() - oldest) / SECOND },
      ]
    },
  )

  metrics.collector(
    'stored',
    {
      rejected: { name: 'rejected_messages', help: 'Stored rejected messages.' },
      unsent: { name: 'outbox_unsent', help: 'Messages of the outbox that the broker has not confirmed.' },
      last: {
        name: 'deployment_last_notification_timestamp_seconds',
        help: 'Latest timestamp of the notifications of a deployment, in unix time.',
        labels: ['deployment'],
      },
    },
    async () => {
      const { rejected, unsent, lastTimestamps } = await query(storedCounts)
      return [
        { gauge: 'rejected', value: rejected },
        { gauge: 'unsent', value: unsent },
        ...lastTimestamps.map(({ deployment, when }) => ({
          gauge: 'last' as const,
          labels: { deployment },
          value: when / SECOND,
        })),
      ]
    },
  )

  metrics.collector(
    'webhook',
    {
      pending: { name: 'webhook_pending', help: 'Outbox messages that the receiver of the webhook has not taken.' },
      age: {
        name: 'webhook_oldest_pending_age_seconds',
        help: 'Age of the oldest message that the receiver of the webhook has not taken; 0 if there is none.',
      },
    },
    async () => {
      const { pending, oldest } = await query(webhookState)
      return [
        { gauge: 'pending', value: pending },
        { gauge: 'age', value: oldest === null ? 0 : Math.max(0, clock() - oldest) / SECOND },
      ]
    },
  )

  metrics.collector(
    'exists',
    {
      exists: {
        name: 'exists',
        help: 'Exists by verification status; verified exists are estimated from PostgreSQL statistics.',
        labels: ['service', 'status'],
      },
      contradicted: {
        name: 'exists_contradicted',
        help: 'Exists that failed after the broker or the billing system took them as verified.',
        labels: ['service'],
      },
    },
    async () => {
      const samples = await Promise.all(
        existsServices.map((service) =>
          query(async (client) => {
            const counts = await countExistsStatus({ pool: client }, service, false)
            return [
              ...existsStatuses.map((status) => ({
                gauge: 'exists' as const,
                labels: { service, status },
                value: counts[status],
              })),
              {
                gauge: 'contradicted' as const,
                labels: { service },
                value: await countContradicted(client, service),
              },
            ]
          }),
        ),
      )
      return samples.flat()
    },
  )

  metrics.collector(
    'operations',
    {
      open: {
        name: 'operations_open',
        help: 'Operations that have not ended.',
        labels: ['deployment', 'operation'],
      },
      stuck: {
        name: 'operations_stuck',
        help: 'Operations that have not ended long after operations of their name normally end.',
        labels: ['deployment', 'operation'],
      },
    },
    () =>
      query(async (client) => {
        const labelsOf = ({ deployment, name }: { deployment: string | null; name: string }) => ({
          deployment: deployment ?? '',
          operation: name,
        })
        const open = await countOpenOperations({ pool: client })
        const stuck = new Map(
          (await countStuck({ pool: client }, clock())).map((row) => [`${row.deployment} ${row.name}`, row.stuck]),
        )
        return open.flatMap((row) => [
          { gauge: 'open' as const, labels: labelsOf(row), value: row.open },
          { gauge: 'stuck' as const, labels: labelsOf(row), value: stuck.get(`${row.deployment} ${row.name}`) ?? 0 },
        ])
      }),
  )

  metrics.collector(
    'usage',
    {
      missing: {
        name: 'usage_missing',
        help: 'Instances that existed in the last day without an exists from nova.',
        labels: ['deployment'],
      },
    },
    async () =>
      (await query((client) => countMissing(client, clock()))).map(({ deployment, instances }) => ({
        gauge: 'missing' as const,
        labels: { deployment },
        value: instances,
      })),
  )

  metrics.collector(
    'jobs',
    { jobs: { name: 'queue_jobs', help: 'Jobs in Redis by queue and state.', labels: ['queue', 'state'] } },
    async () =>
      (await countJobs(producer)).flatMap(({ queue, ...states }) =>
        Object.entries(states).map(([state, value]) => ({ gauge: 'jobs' as const, labels: { queue, state }, value })),
      ),
  )
}
