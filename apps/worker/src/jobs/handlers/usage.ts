import {
  appendRequests,
  backloggedKinds,
  claimImages,
  claimInstances,
  claimRest,
  type Queryable,
  readCounterparts,
  readLifecycles,
  reopenImageExists,
  withShard,
  writeImages,
} from '@stacktach/db'
import { byInstance, foldImages, planFolds, type Rules, withPossibleCounterparts } from '@stacktach/domain'
import type { Payload, Result } from '@stacktach/jobs'
import type { JobContext } from '../context.ts'
import { BACKLOG_ROWS_PER_CLAIM, EMPTY_STEP, type FoldStep, foldBacklog } from './foldBacklog.ts'
import { foldPlanned } from './foldPlanned.ts'

/** Folds the backlog of a shard of instances and images into their aggregates. */
export async function handleUsage(context: JobContext, { shard }: Payload<'usage'>): Promise<Result<'usage'>> {
  const { pool } = context.database
  const self = { job: 'usage', shard } as const
  const pending = await backloggedKinds(pool, shard)
  let folded = 0
  if (pending.has('instance')) {
    folded += await foldBacklog(context, self, (after) =>
      withShard(pool, 'usage', shard, (client) => foldInstanceShard(context, client, shard, after)),
    )
  }
  if (pending.has('image')) {
    folded += await foldBacklog(context, self, (after) =>
      withShard(pool, 'usage', shard, (client) => foldImageShard(client, shard, after, context.rules)),
    )
  }
  return { folded }
}

/**
 * Folds one batch of a shard's instances, in the transaction that holds the shard's lock. Claims backlog rows, which decide
 * the instances that are continued and those that are refolded from their beginning or boundary; of the refolded ones, the
 * remaining rows are claimed, too.
 */
async function foldInstanceShard(
  { rules, shards }: JobContext,
  client: Queryable,
  shard: number,
  after: string,
): Promise<FoldStep> {
  const { items: notifications, full } = await claimInstances(client, shard, BACKLOG_ROWS_PER_CLAIM, after)
  if (notifications.length === 0) return EMPTY_STEP
  const claimed = byInstance(notifications)
  const lifecycles = await readLifecycles(client, [...claimed.keys()])
  const paired = withPossibleCounterparts(claimed, lifecycles)
  const counterparts = await readCounterparts(client, paired)
  const plan = planFolds(claimed, lifecycles, counterparts)
  // Claim before reading: a notification stored in between stays in the backlog and is folded again.
  if (plan.refolded.length > 0) await claimRest(client, shard, plan.refolded)
  const { requests, toVerify, newFailures } = await foldPlanned(
    client,
    { plan, notifications, lifecycles, paired, counterparts },
    rules,
  )
  const requestShards = await appendRequests(client, requests, shards)
  return {
    claimed: notifications.length,
    last: (full && notifications.at(-1)?.instance) || null,
    newFailures,
    wakeUps: [
      ...requestShards.map((shard) => ({ job: 'kpi', shard }) as const),
      ...(toVerify ? [{ job: 'verify-nova' } as const] : []),
    ],
  }
}

async function foldImageShard(client: Queryable, shard: number, after: string, rules: Rules): Promise<FoldStep> {
  const { items: notifications, full } = await claimImages(client, shard, BACKLOG_ROWS_PER_CLAIM, after)
  if (notifications.length === 0) return EMPTY_STEP
  const changed = await writeImages(client, foldImages(notifications, rules))
  await reopenImageExists(client, changed)
  return {
    claimed: notifications.length,
    last: (full && notifications.at(-1)?.image) || null,
    wakeUps: [{ job: 'verify-glance' }],
  }
}
