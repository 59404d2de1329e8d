import {
  linkExists,
  type NewFailures,
  type Queryable,
  readBoundaries,
  readClosedRequests,
  readDeletes,
  readHistories,
  readLaunches,
  readOpenTimings,
  readOperations,
  readTrackerStarts,
  reopenInstanceExists,
  writeFolds,
} from '@stacktach/db'
import {
  existsToLink,
  type FoldPlan,
  foldInstances,
  type InstanceNotification,
  type Lifecycle,
  neededState,
  type Rules,
  rangesToLink,
  requestsToTrack,
  type StoredCounterpart,
  startableRequests,
} from '@stacktach/domain'

/** Instances to fold, with the state that the plan was made from. */
export interface PlannedFold {
  plan: FoldPlan
  /** The claimed notifications. */
  notifications: readonly InstanceNotification[]
  lifecycles: ReadonlyMap<string, Lifecycle>
  /** Notifications of instances with both formats, and the stored notifications that may be their counterparts. */
  paired: readonly InstanceNotification[]
  counterparts: readonly StoredCounterpart[]
}

export interface FoldOutcome {
  /** Requests whose tracker may change. */
  requests: ReadonlySet<string>
  /** Whether exists have to be verified. */
  toVerify: boolean
  newFailures: readonly NewFailures[]
}

/**
 * Folds instances whose backlog rows are claimed, in the transaction that holds their shard's lock. Four phases:
 * 1. read the stored state that the fold needs, and all notifications of the refolded instances;
 * 2. fold, without I/O;
 * 3. write the changed aggregates;
 * 4. follow up: link exists to their launch and delete, and reopen verdicts whose evidence changed.
 */
export async function foldPlanned(
  client: Queryable,
  { plan, notifications, lifecycles, paired, counterparts }: PlannedFold,
  rules: Rules,
): Promise<FoldOutcome> {
  // 1. Read state.
  const boundaries = await readBoundaries(client, [...plan.refolded, ...paired.map(({ instance }) => instance)])
  const histories = await readHistories(client, plan.refolded)
  const needed = neededState(plan.continued, rules)
  const openTimings = await readOpenTimings(client, needed.timings)
  const launches = await readLaunches(client, needed.launches)
  const deletes = await readDeletes(client, needed.deletes)
  const operations = await readOperations(client, needed.operations)
  const closedBefore = await readClosedRequests(client, plan.refolded)
  // With the histories of refolded instances: their backlog rows are claimed, so only this step can enqueue their requests.
  const relevant = [...notifications, ...histories]
  const trackerStarts = await readTrackerStarts(client, startableRequests(relevant, rules))

  // 2. Fold.
  const stored = { lifecycles, openTimings, launches, deletes, operations, counterparts, boundaries }
  const folds = foldInstances(plan, histories, stored, rules)

  // 3. Write.
  const { changed, newFailures } = await writeFolds(client, folds, lifecycles, plan.refolded, boundaries)

  // 4. Follow up.
  const ranges = rangesToLink(folds, launches, plan.refolded)
  await linkExists(client, ranges, existsToLink(folds, plan.refolded), rules)
  const reopened = await reopenInstanceExists(client, changed)
  return {
    requests: requestsToTrack(relevant, folds, plan.refolded, closedBefore, trackerStarts, rules),
    newFailures,
    toVerify: reopened > 0 || folds.some((fold) => fold.exists.length > 0),
  }
}
