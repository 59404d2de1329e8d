import { type Database, Partitions } from '@stacktach/db'
import { type Producer, WakeUps } from '@stacktach/jobs'
import { createLogger } from '@stacktach/runtime'
import type { JobContext } from '../jobs/context.ts'

/** A job context with default settings. */
export function testContext(
  database: Database,
  producer: Producer,
  { partitionDays, ...overrides }: Pick<JobContext, 'clock' | 'shards'> & { partitionDays: number },
): JobContext {
  return {
    database,
    partitions: new Partitions(database.pool, partitionDays),
    producer,
    wakeUps: new WakeUps(producer, () => {}),
    rules: 'today',
    maxBody: 1_048_576,
    controlExchanges: ['openstack'],
    verification: { level: 'basic', flavorField: 'instance_flavor_id', settleSeconds: 300 },
    publishing: null,
    webhook: null,
    retention: { nova: null, glance: null, generic: null, aggregates: null },
    schedules: [],
    onNewFailures: () => {},
    stopping: new AbortController().signal,
    logger: createLogger('test', 'silent'),
    ...overrides,
  }
}
