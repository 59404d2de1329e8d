import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  backloggedShards,
  type Database,
  deploymentId,
  inTransaction,
  migrate,
  openDatabase,
  storeBatch,
} from '@stacktach/db'
import { DAY, type NovaRow } from '@stacktach/domain'
import { Producer, type QueueName } from '@stacktach/jobs'
import { createTestDatabase, dropRedisKeys, services } from '@stacktach/testing'
import type { JobContext } from '../jobs/context.ts'
import { handleKpi } from '../jobs/handlers/kpi.ts'
import { handleUsage } from '../jobs/handlers/usage.ts'
import { testContext } from './jobContext.ts'
import { MONDAY } from './notifications.ts'

export const SHARDS = 4

const TIMEOUT_MS = 20_000

/** A database and job queues with the context of the job handlers, without processes. */
export interface JobStack {
  context: JobContext
  database: Database
  close(): Promise<void>
}

/** Opens a stack whose clock is 30 days after MONDAY. */
export async function openStack(): Promise<JobStack> {
  const prefix = `jobs_${randomBytes(8).toString('hex')}`
  const producer = new Producer(services().redisUrl, prefix, () => {})
  await producer.ready(TIMEOUT_MS)
  const testDatabase = await createTestDatabase(migrate)
  const database = openDatabase({ url: testDatabase.url, applicationName: 'jobs', size: 6 })
  const context = testContext(database, producer, {
    partitionDays: 1,
    shards: SHARDS,
    clock: () => MONDAY + 30 * DAY,
  })
  return {
    context,
    database,
    async close() {
      await context.wakeUps.flushed()
      await producer.close()
      await dropRedisKeys(prefix)
      await database.close()
      await testDatabase.drop()
    },
  }
}

/** Stores notifications of nova, as ingest does. */
export async function storeRows({ context, database }: JobStack, rows: readonly NovaRow[]): Promise<void> {
  const id = await deploymentId(database.pool, 'cloud')
  await context.partitions.ensure(
    'nova',
    rows.map(({ when }) => when),
  )
  await inTransaction(database.pool, (client) => storeBatch(client, 'nova', id, rows, SHARDS))
}

/** Folds until there is no backlog. */
export async function foldAll({ context, database }: JobStack): Promise<void> {
  while ((await backloggedShards(database.pool)).length > 0) {
    for (let shard = 0; shard < SHARDS; shard++) await handleUsage(context, { shard })
    for (let shard = 0; shard < SHARDS; shard++) await handleKpi(context, { shard })
  }
}

/** Number of rows of a table, or of `table where condition`. */
export async function countRows({ database }: JobStack, table: string): Promise<number> {
  const { rows } = await database.pool.query<{ count: number }>(`select count(*)::int as count from ${table}`)
  return rows[0]?.count ?? Number.NaN
}

/** Names of the enqueued jobs of a queue, sorted. */
export async function enqueuedJobs({ context }: JobStack, queue: QueueName): Promise<string[]> {
  await context.wakeUps.flushed()
  const jobs = await context.producer.queue(queue).getJobs(['waiting', 'delayed', 'prioritized'])
  return jobs.map(({ name }) => name).sort()
}

/** Ends the connection of a statement that is blocked by a lock, as a crashing server would. */
export async function killBlockedStatement({ database }: JobStack): Promise<void> {
  await until(async () => {
    const { rowCount } = await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'`,
    )
    return rowCount === 1
  })
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`timeout: ${condition}`)
    await sleep(20)
  }
}
