import {
  backlogBefore,
  dropPartition,
  forgetSpans,
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

/** What went. */
interface Pruned {
  /** Names of the partitions that were dropped. */
  partitions: string[]
  /** Rows of aggregates that were deleted, by table. */
  aggregates: Record<string, number>
}

/** Milliseconds between two looks at what another process has in hand, and how often it is looked at. */
const LOOK_AGAIN = 200
const LOOKS = 1_500

/**
 * Drops the partitions of notifications that are older than they are kept, by the configuration or before a time that an
 * operator named. First nothing more is let into them, then what is in them is folded, then the state of their instances
 * and requests is written down from which later folds begin; only then they go. Taken up where it ended when it was cut off.
 */
export async function retention(context: JobContext, payload: Payload<'retention'>): Promise<Pruned> {
  for (;;) {
    const pruned = await withRetentionLock(context.database.pool, () => pruneAll(context, payload))
    if (pruned !== null) return pruned
    goOn(context)
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN))
  }
}

async function pruneAll(context: JobContext, { before, service }: Payload<'retention'>): Promise<Pruned> {
  const { database, retention: days, clock } = context
  const pruned: Pruned = { partitions: [], aggregates: {} }
  for (const each of service === null ? services : [service]) {
    const until = before ?? daysAgo(clock(), days[each])
    if (until === null) continue
    for (const partition of await patiently(() => sealPartitions(database.pool, each, until))) {
      await prune(context, partition)
      pruned.partitions.push(partition.name)
    }
    await forgetSpans(database.pool, each)
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
  await patiently(() => dropPartition(database.pool, partition))
  partitions.forget()
  logger.info({ partition: partition.name }, 'dropped')
}

/** Folds what waits of a partition; another process may have some of it in hand. */
async function untilFolded(context: JobContext, partition: Partition): Promise<void> {
  for (let look = 0; look < LOOKS; look++) {
    if ((await backlogBefore(context.database.pool, partition)) === 0) return
    for (let shard = 0; shard < context.shards; shard++) await usage(context, { shard })
    goOn(context)
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN))
  }
  throw new Error(`notifications of ${partition.name} are still not folded`)
}

/** Moves the boundaries of a shard's instances on, some at a time, each under the shard's lock. */
async function boundShard(context: JobContext, partition: Partition, shard: number): Promise<void> {
  const { database, shards, rules } = context
  let after: string | null = ''
  while (after !== null) {
    goOn(context)
    const from: string = after
    after = await patiently(() =>
      withShardWaiting(database.pool, 'usage', shard, (client) =>
        boundStep(client, partition, { shard, shards }, from, rules),
      ),
    )
  }
}

function goOn({ stopping }: JobContext): void {
  if (stopping.aborted) throw new Error('the process stops, another attempt goes on')
}

/** Some times more when a lock could not be had, or the database was in trouble. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (!isTransient(error) || attempt === 10) throw error
      await new Promise((resolve) => setTimeout(resolve, attempt * LOOK_AGAIN))
    }
  }
}
