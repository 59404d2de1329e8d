import { setTimeout as sleep } from 'node:timers/promises'
import {
  backlogBefore,
  deleteOldSpans,
  dropPartition,
  keepRequestStarts,
  type Partition,
  pruneAggregates,
  sealPartitions,
  withRetentionLock,
  withShardWaiting,
} from '@stacktach/db'
import { DAY, type Instant, services } from '@stacktach/domain'
import type { Payload, Result } from '@stacktach/jobs'
import type { JobContext } from '../context.ts'
import { boundStep } from './boundStep.ts'
import { retryTransient } from './retryTransient.ts'
import { handleUsage } from './usage.ts'

type Pruned = Result<'retention'>

/** How often the backlog, or the retention lock of another process, is checked. */
const POLL_INTERVAL_MS = 200

/** Checks of the backlog until the attempt fails: five minutes. */
const MAX_POLLS = 1_500

/** Retries of a statement, because the job itself has few attempts. */
const RETRIES = 9

/**
 * Drops the partitions that end before the configured retention, or before a time given by an operator. For each partition:
 * 1. seal it, so that no notification is added;
 * 2. fold its notifications;
 * 3. write the boundaries of its instances, where later folds start;
 * 4. keep the starts of its requests;
 * 5. drop it.
 * After an interruption, the next attempt resumes.
 */
export async function applyRetention(context: JobContext, payload: Payload<'retention'>): Promise<Pruned> {
  for (;;) {
    const pruned = await withRetentionLock(context.database.pool, () => pruneAll(context, payload))
    if (pruned !== null) return pruned
    throwIfStopping(context)
    await sleep(POLL_INTERVAL_MS)
  }
}

async function pruneAll(context: JobContext, { before, service }: Payload<'retention'>): Promise<Pruned> {
  const { database, retention: days, clock } = context
  const pruned: Pruned = { partitions: [], aggregates: {} }
  for (const each of service === null ? services : [service]) {
    const until = before ?? daysAgo(clock(), days[each])
    if (until === null) continue
    for (const partition of await retryTransient(() => sealPartitions(database.pool, each, until), RETRIES)) {
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
  await retryTransient(() => dropPartition(database.pool, partition), RETRIES)
  partitions.forget()
  logger.info({ partition: partition.name }, 'dropped')
}

/** Folds until a partition has no backlog. Another process may be folding a part of it. */
async function untilFolded(context: JobContext, partition: Partition): Promise<void> {
  for (let poll = 0; poll < MAX_POLLS; poll++) {
    if ((await backlogBefore(context.database.pool, partition)) === 0) return
    for (let shard = 0; shard < context.shards; shard++) await handleUsage(context, { shard })
    throwIfStopping(context)
    await sleep(POLL_INTERVAL_MS)
  }
  throw new Error(`partition ${partition.name} still has a backlog`)
}

/** Advances the boundaries of a shard's instances in batches, each under the shard's lock. */
async function boundShard(context: JobContext, partition: Partition, shard: number): Promise<void> {
  const { database, shards, rules } = context
  let after: string | null = ''
  while (after !== null) {
    throwIfStopping(context)
    const from: string = after
    after = await retryTransient(
      () =>
        withShardWaiting(database.pool, 'usage', shard, (client) =>
          boundStep(client, partition, { shard, shards }, from, rules),
        ),
      RETRIES,
    )
  }
}

function throwIfStopping({ stopping }: JobContext): void {
  if (stopping.aborted) throw new Error('shutting down; the next attempt resumes')
}
