import {
  claimRequests,
  type Queryable,
  readLatestEnds,
  readRequestStarts,
  withShard,
  writeTrackers,
} from '@stacktach/db'
import { type Rules, trackRequest } from '@stacktach/domain'
import type { Payload, Result } from '@stacktach/jobs'
import type { JobContext } from '../context.ts'
import { BACKLOG_ROWS_PER_CLAIM, EMPTY_STEP, type FoldStep, foldBacklog } from './foldBacklog.ts'

/** Folds the backlog of a shard of requests into their trackers. */
export async function handleKpi(context: JobContext, { shard }: Payload<'kpi'>): Promise<Result<'kpi'>> {
  const folded = await foldBacklog(context, { job: 'kpi', shard }, (after) =>
    withShard(context.database.pool, 'kpi', shard, (client) => trackShard(client, shard, after, context.rules)),
  )
  return { folded }
}

async function trackShard(client: Queryable, shard: number, after: string, rules: Rules): Promise<FoldStep> {
  const { items: requestIds, full } = await claimRequests(client, shard, BACKLOG_ROWS_PER_CLAIM, after)
  if (requestIds.length === 0) return EMPTY_STEP
  await trackRequests(client, requestIds, rules)
  return { claimed: requestIds.length, last: (full && requestIds.at(-1)) || null }
}

/** Folds requests into their trackers, in the transaction that holds their shard's lock. */
export async function trackRequests(client: Queryable, requestIds: readonly string[], rules: Rules): Promise<void> {
  const starts = await readRequestStarts(client, requestIds, rules)
  const ends = await readLatestEnds(client, requestIds, rules)
  const trackers = requestIds.map((id) => trackRequest(id, starts.get(id) ?? null, ends.get(id) ?? []))
  await writeTrackers(
    client,
    trackers.filter((tracker) => tracker !== null),
    requestIds.filter((id) => !starts.has(id)),
  )
}
