import {
  appendRequests,
  backloggedKinds,
  claimImages,
  claimInstances,
  claimRest,
  linkExists,
  type Queryable,
  readBoundaries,
  readClosedRequests,
  readCounterparts,
  readDeletes,
  readHistories,
  readLaunches,
  readLifecycles,
  readOpenTimings,
  readTrackerStarts,
  reopenImageExists,
  reopenInstanceExists,
  withShard,
  writeFolds,
  writeImages,
} from '@stacktach/db'
import {
  byInstance,
  existsToLink,
  foldImages,
  foldInstances,
  neededState,
  planFolds,
  type Rules,
  rangesToLink,
  requestsToTrack,
  startableRequests,
  withPossibleCounterparts,
} from '@stacktach/domain'
import type { Payload, Result } from '@stacktach/jobs'
import type { JobContext } from '../context.ts'
import { BACKLOG_ROWS_PER_CLAIM, EMPTY_STEP, type FoldStep, foldBacklog } from './foldBacklog.ts'

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
 * Folds one batch of a shard's instances, in the transaction that holds the shard's lock. Five phases:
 * 1. claim backlog rows. They decide which instances are continued, and which are refolded from their beginning or
 *    boundary; of the refolded ones, the remaining rows are claimed, too;
 * 2. read the stored state that the fold needs, and all notifications of the refolded instances;
 * 3. fold, without I/O;
 * 4. write the changed aggregates;
 * 5. follow up: link exists to their launch and delete, reopen verdicts whose evidence changed, and add requests to the
 *    backlog of trackers. The jobs that process them are woken up after the commit.
 */
async function foldInstanceShard(
  { rules, shards }: JobContext,
  client: Queryable,
  shard: number,
  after: string,
): Promise<FoldStep> {
  // 1. Claim.
  const { items: notifications, full } = await claimInstances(client, shard, BACKLOG_ROWS_PER_CLAIM, after)
  if (notifications.length === 0) return EMPTY_STEP
  const claimed = byInstance(notifications)
  const lifecycles = await readLifecycles(client, [...claimed.keys()])
  const paired = withPossibleCounterparts(claimed, lifecycles)
  const counterparts = await readCounterparts(client, paired)
  const plan = planFolds(claimed, lifecycles, counterparts)
  // Claim before reading: a notification stored in between stays in the backlog and is folded again.
  if (plan.refolded.length > 0) await claimRest(client, shard, plan.refolded)

  // 2. Read state.
  const boundaries = await readBoundaries(client, [...plan.refolded, ...paired.map(({ instance }) => instance)])
  const histories = await readHistories(client, plan.refolded)
  const needed = neededState(plan.continued, rules)
  const openTimings = await readOpenTimings(client, needed.timings)
  const launches = await readLaunches(client, needed.launches)
  const deletes = await readDeletes(client, needed.deletes)
  const closedBefore = await readClosedRequests(client, plan.refolded)
  // With the histories of refolded instances: claimRest removed their rows, so only this step can enqueue their requests.
  const relevant = [...notifications, ...histories]
  const trackerStarts = await readTrackerStarts(client, startableRequests(relevant, rules))

  // 3. Fold.
  const stored = { lifecycles, openTimings, launches, deletes, counterparts, boundaries }
  const folds = foldInstances(plan, histories, stored, rules)

  // 4. Write.
  const changed = await writeFolds(client, folds, lifecycles, plan.refolded, boundaries)

  // 5. Follow up.
  const ranges = rangesToLink(folds, launches, plan.refolded)
  await linkExists(client, ranges, existsToLink(folds, plan.refolded), rules)
  const reopened = await reopenInstanceExists(client, changed)
  const toVerify = reopened > 0 || folds.some((fold) => fold.exists.length > 0)
  const requests = requestsToTrack(relevant, folds, plan.refolded, closedBefore, trackerStarts, rules)
  const requestShards = await appendRequests(client, requests, shards)
  return {
    claimed: notifications.length,
    last: (full && notifications.at(-1)?.instance) || null,
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
