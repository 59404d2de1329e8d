import {
  backlogState,
  countContradicted,
  countExistsStatus,
  type Database,
  existsServices,
  existsStatuses,
  storedCounts,
  withStatementTimeout,
} from '@stacktach/db'
import { type Instant, SECOND } from '@stacktach/domain'
import { countJobs, type Producer } from '@stacktach/jobs'
import type { Metrics } from '@stacktach/runtime'

/** Timeout of a statement that only serves the metrics. */
const STATEMENT_TIMEOUT_MS = 2_500

/** Metrics read from PostgreSQL and Redis at each scrape; every jobs process reports the same values. */
export function scrapedMetrics(metrics: Metrics, database: Database, producer: Producer, clock: () => Instant): void {
  const query = <T>(question: Parameters<typeof withStatementTimeout<T>>[2]) =>
    withStatementTimeout(database.pool, STATEMENT_TIMEOUT_MS, question)

  metrics.collector(
    'backlog',
    {
      rows: { name: 'backlog_rows', help: 'Rows pending to be folded into aggregates.', labels: ['kind'] },
      age: {
        name: 'backlog_oldest_age_seconds',
        help: 'Age of the oldest notification not yet folded into every aggregate, by its own time; 0 if there is none.',
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
      unsent: { name: 'outbox_unsent', help: 'Verified exists not yet published.' },
      last: {
        name: 'deployment_last_notification_timestamp_seconds',
        help: 'Time of the latest notification of a deployment, in unix time.',
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
    'exists',
    {
      exists: {
        name: 'exists',
        help: 'Exists by verification status; the verified ones by PostgreSQL’s running count.',
        labels: ['service', 'status'],
      },
      contradicted: {
        name: 'exists_contradicted',
        help: 'Exists that failed after they were published as verified.',
        labels: ['service'],
      },
    },
    async () => {
      const counted = await Promise.all(
        existsServices.map((service) =>
          query(async (client) => {
            const numbers = await countExistsStatus({ pool: client }, service, false)
            return [
              ...existsStatuses.map((status) => ({
                gauge: 'exists' as const,
                labels: { service, status },
                value: numbers[status],
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
      return counted.flat()
    },
  )

  metrics.collector(
    'jobs',
    { jobs: { name: 'queue_jobs', help: 'Jobs in a Redis queue, by state.', labels: ['queue', 'state'] } },
    async () =>
      (await countJobs(producer)).flatMap(({ queue, ...states }) =>
        Object.entries(states).map(([state, value]) => ({ gauge: 'jobs' as const, labels: { queue, state }, value })),
      ),
  )
}
