import type { CountedInstance } from '../retention/boundaries.ts'
import { readSpans } from '../sql/spans.ts'
import type { Queryable } from '../sql/transaction.ts'

/** A shard and the number of shards. */
export interface ShardOfMany {
  shard: number
  shards: number
}

/** Reads up to `limit` folded instances of a shard, in order, after the instance `after`. */
export async function foldedInstances(
  client: Queryable,
  { shard, shards }: ShardOfMany,
  after: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await client.query<{ instance: string }>(
    `select instance from lifecycle where instance > $1 and abs(hashtextextended(instance, 0) % $2::bigint) = $3
      order by instance limit $4`,
    [after, shards, shard, limit],
  )
  return rows.map(({ instance }) => instance)
}

/** Counts the stored notifications of each instance, in the order of `instances`. */
export async function countNotifications(client: Queryable, instances: readonly string[]): Promise<CountedInstance[]> {
  const spans = await readSpans(client, 'nova', 'instance', instances)
  const { rows } = await client.query<CountedInstance>(
    `select instance, count(*)::int as notifications from notification_nova
      where instance = any($1) and "when" >= $2 and "when" < $3 group by instance`,
    [spans.keys, spans.whole.from, spans.whole.until],
  )
  const counts = new Map(rows.map(({ instance, notifications }) => [instance, notifications]))
  return instances.map((instance) => ({ instance, notifications: counts.get(instance) ?? 0 }))
}

/**
 * Reads up to `limit` ids of a shard's requests or images with stored notifications, in order, after the id `after`.
 */
export async function storedKeys(
  client: Queryable,
  kind: 'request' | 'image',
  { shard, shards }: ShardOfMany,
  after: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await client.query<{ key: string }>(
    `select key from notification_span
      where service = $1 and kind = $2 and key > $3 and abs(hashtextextended(key, 0) % $4::bigint) = $5
      order by key limit $6`,
    [kind === 'request' ? 'nova' : 'glance', kind, after, shards, shard, limit],
  )
  return rows.map(({ key }) => key)
}

/** Deletes the lifecycles of instances that have no notification. */
export async function deleteLifecycles(client: Queryable, instances: readonly string[]): Promise<void> {
  if (instances.length > 0) await client.query('delete from lifecycle where instance = any($1)', [instances])
}
