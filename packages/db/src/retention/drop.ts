import type pg from 'pg'
import { inTransaction, type Queryable } from '../sql/transaction.ts'
import { lockPartitions } from '../store/partitions.ts'
import { deleteUnusedNames, namesOnlyIn } from './names.ts'
import { type Partition, setLockTimeout } from './seal.ts'

/** Counts the rows of a partition's service in the backlog that are older than the partition's end. */
export async function backlogBefore(client: Queryable, { service, until }: Partition): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from backlog where kind = any($1) and "when" < $2`,
    [service === 'nova' ? ['instance'] : service === 'glance' ? ['image'] : [], until],
  )
  return rows[0]?.count ?? 0
}

/**
 * Drops a sealed partition and, in the same transaction, the names of events and hosts that occur only there. Copies the
 * originals of exists that may still be published: the broker has not confirmed them, whatever a billing system says.
 *
 * @throws Error if the partition is still needed: it is not folded, or one of its instances has no boundary
 */
export async function dropPartition(pool: pg.Pool, partition: Partition): Promise<void> {
  const { service, name } = partition
  const candidates = await namesOnlyIn(pool, partition)
  await inTransaction(pool, async (client) => {
    await setLockTimeout(client)
    await lockPartitions(client)
    await checkNotNeeded(client, partition)
    if (service !== 'generic') await keepOriginals(client, service, partition)
    // Waits for active statements on the table; later ones wait for the commit.
    await client.query(`drop table ${name}`)
    await client.query('delete from notification_partition where name = $1', [name])
    await deleteUnusedNames(client, service, candidates)
  })
}

async function checkNotNeeded(client: Queryable, partition: Partition): Promise<void> {
  const backlog = await backlogBefore(client, partition)
  if (backlog > 0) throw new Error(`${backlog} notifications of ${partition.name} are not folded yet`)
  if (partition.service !== 'nova') return
  const { rows } = await client.query<{ instance: string }>(
    `select n.instance from (select distinct instance from ${partition.name} where instance is not null) as n
      where not exists (select from instance_boundary b where b.instance = n.instance and b."from" >= $1)
      limit 1`,
    [partition.until],
  )
  if (rows[0] !== undefined)
    throw new Error(`${partition.name} has notifications of ${rows[0].instance}, which has no boundary`)
}

async function keepOriginals(
  client: Queryable,
  service: 'nova' | 'glance',
  { name, from, until }: Partition,
): Promise<void> {
  const exists = service === 'nova' ? 'instance_exists' : 'image_exists'
  await client.query(
    `insert into kept_original (service, notification_id, json)
     select '${service}', n.id, n.json
       from (select notification_id as id, "when" from ${exists}
              where "when" >= $1 and "when" < $2 and send_status = 0 and not repaired and status <> 'verified'
             union
             select notification_id, notification_when from outbox o
              where service = '${service}' and notification_when >= $1 and notification_when < $2
                and (send_status = 0
                  or exists (select from webhook_delivery d where d.outbox_id = o.id and d.delivered_at is null))) as needed
       join ${name} n on n.id = needed.id and n."when" = needed."when"
     on conflict do nothing`,
    [from, until],
  )
}

const SPANS_PER_BATCH = 5_000

/**
 * Deletes the spans that end before a service's horizon, in batches. Longer spans are not shortened: a dropped
 * partition does not slow down a query.
 *
 * @returns the number of deleted spans
 */
export async function deleteOldSpans(pool: pg.Pool, service: Partition['service']): Promise<number> {
  let deleted = 0
  for (;;) {
    const { rowCount } = await pool.query(
      `delete from notification_span where ctid = any(array(
         select ctid from notification_span
          where service = $1 and upper <= (select instant from horizon where kind = $1)
          limit $2 for update skip locked))`,
      [service, SPANS_PER_BATCH],
    )
    deleted += rowCount ?? 0
    if ((rowCount ?? 0) < SPANS_PER_BATCH) return deleted
  }
}
