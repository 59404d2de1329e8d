import {
  backlogBefore,
  deleteOldSpans,
  dropPartition,
  isTransient,
  keepRequestStarts,
  type Partition,
  pruneAggregates,
  sealPartitions,
  withRetentionLock,
  withShardWaiting,
} from '@stacktach/db'
import { DAY, type Instant, services } from '@stacktach/domain'
import type { Payload } from '@stacktach/jobs'
import { boundStep } from './boundStep.ts'
import type { JobContext } from './context.ts'
import { usage } from './usage.ts'

/** Deleted partitions and rows. */
interface Pruned {
  /** Names of the dropped partitions. */
  partitions: string[]
  /** Deleted rows of aggregates, by table. */
  aggregates: Record<string, number>
}

/** How often the backlog, or a lock that another process holds, is checked again, and how many times. */
const POLL_INTERVAL_MS = 200
const MAX_POLLS = 1_500

/**
 * Drops the partitions that lie before the configured retention, or before a time given by an operator. For each partition:
 * 1. seal it, so that no notification is added;
 * 2. fold its notifications;
 * 3. write the state of its instances at its end, where later folds start;
 * 4. keep the starts of its requests;
 * 5. drop it.
 * An interrupted attempt resumes where it ended.
 */
export async function retention(context: JobContext, payload: Payload<'retention'>): Promise<Pruned> {
  for (;;) {
    const pruned = await withRetentionLock(context.database.pool, () => pruneAll(context, payload))
    if (pruned !== null) return pruned
    throwIfStopping(context)
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS))
  }
}

async function pruneAll(context: JobContext, { before, service }: Payload<'retention'>): Promise<Pruned> {
  const { database, retention: days, clock } = context
  const pruned: Pruned = { partitions: [], aggregates: {} }
  for (const each of service === null ? services : [service]) {
    const until = before ?? daysAgo(clock(), days[each])
    if (until === null) continue
    for (const partition of await withRetries(() => sealPartitions(database.pool, each, until))) {
      await prune(context, partition)
      pruned.partitions.push(partition.name)
    }
    await deleteOldSpans(database.pool, each)
  }
  const until = daysAgo(clock(), days.aggregates)
  if (until !== null && before === null) pruned.aggregates = await pruneAggregates(database.pool, until)
  return pruned
}

function daysAgo(now: Instant, days: number | null): Instant | null {
  return days === null ? null : now - days * DAY
}

async function prune(context: JobContext, partition: Partition): Promise<void> {
  const { database, shards, rules, partitions, logger } = context
  await untilFolded(context, partition)
  if (partition.service === 'nova') {
    for (let shard = 0; shard < shards; shard++) await boundShard(context, partition, shard)
    await keepRequestStarts(database.pool, partition, rules)
  }
  await withRetries(() => dropPartition(database.pool, partition))
  partitions.forget()
  logger.info({ partition: partition.name }, 'dropped')
}

/** Folds the backlog of a partition; another process may be folding some of it. */
async function untilFolded(context: JobContext, partition: Partition): Promise<void> {
  for (let poll = 0; poll < MAX_POLLS; poll++) {
    if ((await backlogBefore(context.database.pool, partition)) === 0) return
    for (let shard = 0; shard < context.shards; shard++) await usage(context, { shard })
    throwIfStopping(context)
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS))
  }
  throw new Error(`notifications of ${partition.name} are not folded yet`)
}

/** Advances the boundaries of a shard's instances in batches, each under the shard's lock. */
async function boundShard(context: JobContext, partition: Partition, shard: number): Promise<void> {
  const { database, shards, rules } = context
  let after: string | null = ''
  while (after !== null) {
    throwIfStopping(context)
    const from: string = after
    after = await withRetries(() =>
      withShardWaiting(database.pool, 'usage', shard, (client) =>
        boundStep(client, partition, { shard, shards }, from, rules),
      ),
    )
  }
}

function throwIfStopping({ stopping }: JobContext): void {
  if (stopping.aborted) throw new Error('shutting down; the next attempt resumes')
}

/** Retries up to nine times, with a growing delay, after transient database errors and lock timeouts. */
async function withRetries<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!isTransient(error) || attempt === 10) throw error
      await new Promise((resolve) => setTimeout(resolve, attempt * POLL_INTERVAL_MS))
    }
  }
}
