import type pg from 'pg'
import { inTransaction, type Queryable } from '../sql/transaction.ts'
import { lockPartitions } from '../store/partitions.ts'
import { forgetNames, namesOnlyIn } from './names.ts'
import { type Partition, withPatience } from './seal.ts'

/** What is not folded yet of the notifications of a service before an instant. */
export async function backlogBefore(client: Queryable, { service, until }: Partition): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from backlog where kind = any($1) and "when" < $2`,
    [service === 'nova' ? ['instance'] : service === 'glance' ? ['image'] : [], until],
  )
  return rows[0]?.count ?? 0
}

/**
 * Drops a sealed partition, and in the same transaction all that would still tell of it: names of events and hosts that
 * occur nowhere else. The originals of exists that may yet have to be published are kept.
 *
 * @throws Error when something of it is still needed: it is not folded, or an instance in it has no boundary
 */
export async function dropPartition(pool: pg.Pool, partition: Partition): Promise<void> {
  const { service, name } = partition
  const candidates = await namesOnlyIn(pool, partition)
  await inTransaction(pool, async (client) => {
    await withPatience(client)
    await lockPartitions(client)
    await refuseWhatIsNeeded(client, partition)
    if (service !== 'generic') await keepOriginals(client, service, partition)
    // Waits for all who store or read; those that come after it wait for the commit.
    await client.query(`drop table ${name}`)
    await client.query('delete from notification_partition where name = $1', [name])
    await forgetNames(client, service, candidates)
  })
}

async function refuseWhatIsNeeded(client: Queryable, partition: Partition): Promise<void> {
  const waiting = await backlogBefore(client, partition)
  if (waiting > 0) throw new Error(`${waiting} notifications of ${partition.name} are not folded yet`)
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
              where "when" >= $1 and "when" < $2 and send_status = 0 and status <> 'verified'
             union
             select notification_id, notification_when from outbox
              where service = '${service}' and send_status = 0 and notification_when >= $1 and notification_when < $2) as needed
       join ${name} n on n.id = needed.id and n."when" = needed."when"
     on conflict do nothing`,
    [from, until],
  )
}

/** Spans deleted in one transaction. */
const SPANS = 5_000

/**
 * Forgets the spans of keys that occur only before a service's horizon, a part at a time. Spans that go on stay as they are:
 * a partition that is not there costs a look-up nothing.
 *
 * @returns how many were forgotten
 */
export async function forgetSpans(pool: pg.Pool, service: Partition['service']): Promise<number> {
  let forgotten = 0
  for (;;) {
    const { rowCount } = await pool.query(
      `delete from notification_span where ctid = any(array(
         select ctid from notification_span
          where service = $1 and upper <= (select instant from horizon where kind = $1)
          limit $2 for update skip locked))`,
      [service, SPANS],
    )
    forgotten += rowCount ?? 0
    if ((rowCount ?? 0) < SPANS) return forgotten
  }
}
