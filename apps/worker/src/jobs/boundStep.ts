import {
  type CountedInstance,
  instancesOfPartition,
  notificationsOfPartition,
  type Partition,
  type Queryable,
  readBoundaries,
  readCounterparts,
  readLifecycles,
  writeBoundaries,
} from '@stacktach/db'
import { byInstance, foldBoundary, type Rules, withPossibleCounterparts } from '@stacktach/domain'

/** Instances of one step at most, and about how many notifications of them. */
const INSTANCES = 500
const NOTIFICATIONS = 20_000

/**
 * Writes down, of some instances of a shard, what the notifications of a partition leave behind them. The partition is
 * sealed, all in it is folded, and the shard's lock is held.
 *
 * @param after the last instance of the step before
 * @returns the last instance of this step, null when there was none
 */
export async function boundStep(
  client: Queryable,
  partition: Partition,
  shard: { shard: number; shards: number },
  after: string,
  rules: Rules,
): Promise<string | null> {
  const counted = await instancesOfPartition(client, partition, shard, after, INSTANCES)
  const instances = atMost(counted, NOTIFICATIONS)
  const last = instances.at(-1)
  if (last === undefined) return null
  const before = await readBoundaries(client, instances)
  const behind = instances.filter((instance) => (before.get(instance)?.from ?? 0) < partition.upper)
  const histories = byInstance(await notificationsOfPartition(client, partition, behind))
  const counterparts = await readCounterparts(
    client,
    withPossibleCounterparts(histories, await readLifecycles(client, behind)),
  )
  const classic = new Map<string, Set<string>>()
  for (const { instance, key, versioned } of counterparts) {
    if (!versioned) classic.set(instance, (classic.get(instance) ?? new Set()).add(key))
  }
  await writeBoundaries(
    client,
    [...histories].map(([instance, notifications]) =>
      foldBoundary(
        before.get(instance) ?? null,
        instance,
        notifications,
        partition.upper,
        classic.get(instance) ?? new Set(),
        rules,
      ),
    ),
  )
  return last
}

/** The first of some instances that have so many notifications together, at least one. */
function atMost(counted: readonly CountedInstance[], limit: number): string[] {
  let total = 0
  const taken: string[] = []
  for (const { instance, notifications } of counted) {
    total += notifications
    if (total > limit && taken.length > 0) break
    taken.push(instance)
  }
  return taken
}
