import type { BackloggedShard } from '../fold/backlog.ts'
import type { Queryable } from '../sql/transaction.ts'
import type { NotificationPosition, OpenPartition } from './storedNotifications.ts'

/**
 * Adds the images of stored `image.exists` notifications to the backlog, so that their rows are folded again. Other
 * notifications are left out: see `readImageHistories`.
 *
 * @returns the shards of the new rows
 */
export async function queueImageExists(
  client: Queryable,
  { name }: OpenPartition,
  positions: readonly NotificationPosition[],
  shards: number,
): Promise<BackloggedShard[]> {
  const { rows } = await client.query<BackloggedShard>(
    `with queued as (
       insert into backlog (kind, key, "when", notification_id, shard)
       select distinct 'image', image ->> 'uuid', n."when", n.id, abs(hashtextextended(image ->> 'uuid', 0) % $3::bigint)
         from unnest($1::bigint[], $2::bigint[]) as input(id, "when")
         join ${name} n on n.id = input.id and n."when" = input."when" and n.event = 'image.exists',
              json_array_elements(n.facts -> 'images') as image
        where image ->> 'uuid' is not null
        order by 1, 2, 3, 4
       on conflict do nothing
       returning kind, shard
     ) select distinct kind, shard from queued`,
    [positions.map(({ id }) => id), positions.map(({ when }) => when), shards],
  )
  return rows
}
