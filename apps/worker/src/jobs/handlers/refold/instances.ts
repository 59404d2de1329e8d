import {
  claimRest,
  countNotifications,
  deleteLifecycles,
  foldedInstances,
  type Queryable,
  readBoundaries,
  readLifecycles,
  type ShardOfMany,
  withShardWaiting,
} from '@stacktach/db'
import type { Rules } from '@stacktach/domain'
import { atMost } from '../atMost.ts'
import { foldPlanned } from '../foldPlanned.ts'
import { handleUsage } from '../usage.ts'
import { nextPart, type RefoldStep } from './state.ts'

/** Limits of one batch, whose transaction holds the shard's lock; the notification limit is approximate. */
const BATCH_INSTANCES = 200
const BATCH_NOTIFICATIONS = 5_000

/**
 * Refolds a batch of instances from their beginning or boundary. Between two batches the shard's backlog is folded, because
 * the lock delays the jobs that fold it. The parts of this step are the shards.
 */
export const refoldInstances: RefoldStep = async (context, state) => {
  const { database, rules, shards } = context
  const shard = { shard: state.part, shards }
  const batch = await withShardWaiting(database.pool, 'usage', state.part, (client) =>
    refoldBatch(client, shard, state.after, rules),
  )
  await handleUsage(context, { shard: state.part })
  const last = batch.at(-1)
  if (last === undefined) return nextPart(state, shards)
  return { ...state, after: last, instances: state.instances + batch.length }
}

/** @returns the instances of the batch, in order */
async function refoldBatch(
  client: Queryable,
  shard: ShardOfMany,
  after: string,
  rules: Rules,
): Promise<readonly string[]> {
  const candidates = await foldedInstances(client, shard, after, BATCH_INSTANCES)
  if (candidates.length === 0) return []
  const counted = await countNotifications(client, candidates)
  const instances = atMost(counted, BATCH_NOTIFICATIONS)
  const empty = new Set(counted.filter(({ notifications }) => notifications === 0).map(({ instance }) => instance))
  const stored = instances.filter((instance) => !empty.has(instance))
  // Claim before reading: a notification stored in between stays in the backlog and is folded again.
  await claimRest(client, shard.shard, stored)
  const orphans = await withoutBoundary(
    client,
    instances.filter((instance) => empty.has(instance)),
  )
  const refolded = [...stored, ...orphans]
  const lifecycles = await readLifecycles(client, refolded)
  const plan = { continued: new Map(), refolded }
  // The next step folds all requests.
  await foldPlanned(client, { plan, notifications: [], lifecycles, paired: [], counterparts: [] }, rules)
  await deleteLifecycles(client, orphans)
  return instances
}

/**
 * Of instances without a stored notification those without a boundary: by the current rules their notifications belong to
 * other instances, so their aggregates are deleted. The notifications of the others were dropped; their aggregates stay.
 */
async function withoutBoundary(client: Queryable, instances: readonly string[]): Promise<string[]> {
  const boundaries = await readBoundaries(client, instances)
  return instances.filter((instance) => !boundaries.has(instance))
}
