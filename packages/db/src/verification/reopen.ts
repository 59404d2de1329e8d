import type { Queryable } from '../sql/transaction.ts'
import { boundsOf, type ExistsRange, inRange } from './range.ts'
import type { ExistsTable } from './writeVerdicts.ts'

/** A delete that was added, changed or removed. */
export interface ChangedDelete {
  instance: string
  /** Microseconds of Unix time. */
  launchedAt: number
  deletedAt: number
}

/** Launches and deletes that changed, so that verdicts that depend on them may change. */
export interface ChangedEvidence {
  /** Ids of launches. */
  launches: readonly number[]
  /** Refolded instances with a changed or deleted launch. */
  instances: readonly string[]
  deletes: readonly ChangedDelete[]
}

/**
 * Makes exists pending again whose verdict depends on changed launches or deletes:
 * - exists of the seconds that a changed launch has, or that its request reported;
 * - exists of its instance that are not verified: the reason of a failure names the closest launch;
 * - all exists of refolded instances with a changed launch, because their previous values are not stored;
 * - exists of a launch whose delete changed, unless their audit period ended before the delete.
 *
 * @returns the number of exists to verify again
 */
export async function reopenInstanceExists(
  client: Queryable,
  { launches, instances, deletes }: ChangedEvidence,
): Promise<number> {
  if (launches.length === 0 && deletes.length === 0) return 0
  const { rows } = await client.query<{ id: number }>(
    `select id from instance_exists
      where id in (
        select e.id from instance_launch l
          cross join lateral (
            select l.launched_at
            union select value::bigint from jsonb_array_elements_text(l.reported -> 'launchedAt') as value
          ) as known(launched_at)
          join instance_exists e on e.instance = l.instance
           and e.launched_at > known.launched_at - 1000000 and e.launched_at < known.launched_at + 1000000
         where l.id = any($1)
        union all
        select e.id from instance_launch l
          join instance_exists e on e.instance = l.instance and e.status <> 'verified'
         where l.id = any($1)
        union all
        select id from instance_exists where instance = any($2)
        union all
        select e.id from unnest($3::text[], $4::bigint[], $5::bigint[]) as d(instance, launched_at, deleted_at)
          join instance_exists e on e.instance = d.instance
           and e.launched_at > d.launched_at - 1000000 and e.launched_at < d.launched_at + 1000000
           and (e.deleted_at is not null or e.audit_period_ending > d.deleted_at))
      order by id for update`,
    [
      launches,
      instances,
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
        where status = any('{verified,failed}') and ${inRange} and id > $3
        order by id limit $4 for update skip locked
     ), reopened as (
       update ${table} e set status = 'pending', fail_reason = null from judged where e.id = judged.id
     )
     select max(id) as last from judged`,
    [from, until, after, limit],
  )
  return rows[0]?.last ?? null
}
