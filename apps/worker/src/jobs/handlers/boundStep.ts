import {
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
import { atMost } from './atMost.ts'

/** Limits of one batch; the notification limit is approximate. */
const BATCH_INSTANCES = 500
const BATCH_NOTIFICATIONS = 20_000

/**
 * Writes the boundaries of a batch of a shard's instances: their state at the end of a partition. The partition must be
 * sealed and folded, and the caller must hold the shard's lock.
 *
 * @param after the last instance of the previous batch
 * @returns the last instance of this batch; null when the batch is empty
 */
export async function boundStep(
  client: Queryable,
  partition: Partition,
  shard: { shard: number; shards: number },
  after: string,
  rules: Rules,
): Promise<string | null> {
  const counted = await instancesOfPartition(client, partition, shard, after, BATCH_INSTANCES)
  const instances = atMost(counted, BATCH_NOTIFICATIONS)
  const last = instances.at(-1)
  if (last === undefined) return null
  const before = await readBoundaries(client, instances)
  const behind = instances.filter((instance) => (before.get(instance)?.from ?? 0) < partition.until)
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
        partition.until,
        classic.get(instance) ?? new Set(),
        rules,
      ),
    ),
  )
  return last
}
