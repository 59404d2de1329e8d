import {
  backlogState,
  bounded,
  countContradicted,
  countExistsStatus,
  type Database,
  existsServices,
  existsStatuses,
  storedState,
} from '@stacktach/db'
import { type Instant, SECOND } from '@stacktach/domain'
import { countJobs, type Producer } from '@stacktach/jobs'
import type { Metrics } from '@stacktach/runtime'

/** Milliseconds that a statement may take which is asked for the metrics alone. */
const PATIENCE = 2_500

/** What only PostgreSQL and Redis know, asked when the metrics are read. Each jobs process says the same. */
export function askedMetrics(metrics: Metrics, database: Database, producer: Producer, clock: () => Instant): void {
  const ask = <T>(question: Parameters<typeof bounded<T>>[2]) => bounded(database.pool, PATIENCE, question)

  metrics.collection(
    'backlog',
    {
      rows: { name: 'backlog_rows', help: 'What waits to be folded into aggregates.', labels: ['kind'] },
      age: {
        name: 'backlog_oldest_age_seconds',
        help: 'Age of the oldest notification that is not in every aggregate, by the time in it; 0 when there is none.',
      },
    },
    async () => {
      const { rows, oldest } = await ask(backlogState)
      return [
        ...Object.entries(rows).map(([kind, value]) => ({ gauge: 'rows' as const, labels: { kind }, value })),
        { gauge: 'age', value: oldest === null ? 0 : Math.max(0, clock() - oldest) / SECOND },
      ]
    },
  )

  metrics.collection(
    'stored',
    {
      rejected: { name: 'rejected_messages', help: 'Messages that are kept as rejected.' },
      unsent: { name: 'publications_unsent', help: 'Verified exists that wait to be published.' },
      last: {
        name: 'deployment_last_notification_timestamp_seconds',
        help: 'Time of the latest notification of a deployment, in unix time.',
        labels: ['deployment'],
      },
    },
    async () => {
      const { rejected, unsent, lastWhens } = await ask(storedState)
      return [
        { gauge: 'rejected', value: rejected },
        { gauge: 'unsent', value: unsent },
        ...lastWhens.map(({ deployment, when }) => ({
          gauge: 'last' as const,
          labels: { deployment },
          value: when / SECOND,
        })),
      ]
    },
  )

  metrics.collection(
    'exists',
    {
      exists: {
        name: 'exists',
        help: 'Exists by the state of their verification; the verified ones by PostgreSQL’s running count.',
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
          ask(async (client) => {
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

  metrics.collection(
    'jobs',
    { jobs: { name: 'queue_jobs', help: 'Jobs in a queue of Redis, by their state.', labels: ['queue', 'state'] } },
    async () =>
      (await countJobs(producer)).flatMap(({ queue, ...states }) =>
        Object.entries(states).map(([state, value]) => ({ gauge: 'jobs' as const, labels: { queue, state }, value })),
      ),
  )
}
