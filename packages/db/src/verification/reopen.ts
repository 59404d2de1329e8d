import type { Queryable } from '../sql/transaction.ts'
import { boundsOf, type ExistsRange } from './range.ts'
import type { ExistsTable } from './writeVerdicts.ts'

/** A delete that was added, changed or removed. */
export interface ChangedDelete {
  instance: string
  /** Microseconds of Unix time. */
  launchedAt: number
  deletedAt: number
}

/**
 * Makes exists pending again whose verdict depends on changed launches or deletes: exists linked to such a launch, and
 * exists of a launch whose delete changed, unless their audit period ended before the delete.
 *
 * @param launches ids of changed launches
 * @returns the number of exists to verify again
 */
export async function reopenInstanceExists(
  client: Queryable,
  launches: readonly number[],
  deletes: readonly ChangedDelete[],
): Promise<number> {
  if (launches.length === 0 && deletes.length === 0) return 0
  const { rows } = await client.query<{ id: number }>(
    `select id from instance_exists
      where id in (
        select e.id from instance_launch l
          join instance_exists e on e.instance = l.instance and e.launch_id = l.id
           and e.launched_at > l.launched_at - 1000000 and e.launched_at < l.launched_at + 1000000
         where l.id = any($1)
        union all
        select e.id from unnest($2::text[], $3::bigint[], $4::bigint[]) as d(instance, launched_at, deleted_at)
          join instance_exists e on e.instance = d.instance
           and e.launched_at > d.launched_at - 1000000 and e.launched_at < d.launched_at + 1000000
           and (e.deleted_at is not null or e.audit_period_ending > d.deleted_at))
      order by id for update`,
    [
      launches,
      deletes.map((row) => row.instance),
      deletes.map((row) => row.launchedAt),
      deletes.map((row) => row.deletedAt),
    ],
  )
  return reopenLocked(client, 'instance_exists', rows)
}

/**
 * Makes exists pending again for images whose usage or delete changed.
 *
 * @param uuids image ids
 */
export async function reopenImageExists(client: Queryable, uuids: readonly string[]): Promise<void> {
  if (uuids.length === 0) return
  const { rows } = await client.query<{ id: number }>(
    'select id from image_exists where uuid = any($1) order by id for update',
    [uuids],
  )
  await reopenLocked(client, 'image_exists', rows)
}

/**
 * Runs as a separate statement, after the rows are locked: in the snapshot of the statement that waited for the lock, an
 * exists being verified concurrently is still pending; the next statement sees its verdict.
 */
async function reopenLocked(client: Queryable, table: ExistsTable, rows: readonly { id: number }[]): Promise<number> {
  if (rows.length === 0) return 0
  const { rowCount } = await client.query(
    `update ${table} set status = 'pending', fail_reason = null where id = any($1) and status <> 'pending'`,
    [rows.map(({ id }) => id)],
  )
  return rowCount ?? 0
}

/**
 * Makes up to `limit` verified or failed exists in a range pending again, by id. Skips exists that another process is
 * verifying.
 *
 * @param after the id returned by the previous call, 0 at first
 * @returns the last id examined, null if there was none
 */
export async function reopenRange(
  client: Queryable,
  table: ExistsTable,
  range: ExistsRange,
  after: number,
  limit: number,
): Promise<number | null> {
  const { from, until } = boundsOf(range)
  const { rows } = await client.query<{ last: number | null }>(
    `with judged as (
       select id from ${table}
        where status = any('{verified,failed}') and audit_period_ending >= $1 and audit_period_ending < $2 and id > $3
        order by id limit $4 for update skip locked
     ), reopened as (
       update ${table} e set status = 'pending', fail_reason = null from judged where e.id = judged.id
     )
     select max(id) as last from judged`,
    [from, until, after, limit],
  )
  return rows[0]?.last ?? null
}
