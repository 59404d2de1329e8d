import { numberOrNull } from '../sql/numbers.ts'
import type { Queryable } from '../sql/transaction.ts'
import { boundsOf, type ExistsRange } from './range.ts'
import type { ExistsTable } from './writeVerdicts.ts'

/** A delete that is new, changed, or no more. */
export interface ChangedDelete {
  instance: string
  /** Microseconds of unix time. */
  launchedAt: number
  deletedAt: number
}

/**
 * Makes exists pending again whose verdict stood on launches or deletes that changed: those linked to such a launch, and
 * those of a launch whose delete changed, unless their period was over before that.
 *
 * @param launches ids of launches that changed
 * @returns how many have to be verified again
 */
export async function reopenInstanceExists(
  client: Queryable,
  launches: readonly number[],
  deletes: readonly ChangedDelete[],
): Promise<number> {
  if (launches.length === 0 && deletes.length === 0) return 0
  const { rows } = await client.query<{ id: string }>(
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
 * Makes exists of some images pending again, whose usage or delete changed.
 *
 * @param uuids of images
 */
export async function reopenImageExists(client: Queryable, uuids: readonly string[]): Promise<void> {
  if (uuids.length === 0) return
  const { rows } = await client.query<{ id: string }>(
    'select id from image_exists where uuid = any($1) order by id for update',
    [uuids],
  )
  await reopenLocked(client, 'image_exists', rows)
}

/**
 * A statement of its own, after the rows are locked: one that a process is verifying right now is pending in the snapshot
 * of the statement that waits for it, and judged in that of the next.
 */
async function reopenLocked(client: Queryable, table: ExistsTable, rows: readonly { id: string }[]): Promise<number> {
  if (rows.length === 0) return 0
  const { rowCount } = await client.query(
    `update ${table} set status = 'pending', fail_reason = null where id = any($1) and status <> 'pending'`,
    [rows.map(({ id }) => id)],
  )
  return rowCount ?? 0
}

/**
 * Makes judged exists of a range pending again, up to `limit` of them, by id. One that a process is verifying right now is
 * left to it.
 *
 * @param after the id that the call before this one returned, 0 at first
 * @returns the last id that was looked at, null when there was none
 */
export async function reopenRange(
  client: Queryable,
  table: ExistsTable,
  range: ExistsRange,
  after: number,
  limit: number,
): Promise<number | null> {
  const [from, to] = boundsOf(range)
  const { rows } = await client.query<{ last: string | null }>(
    `with judged as (
       select id from ${table}
        where status = any('{verified,failed}') and audit_period_ending >= $1 and audit_period_ending <= $2 and id > $3
        order by id limit $4 for update skip locked
     ), reopened as (
       update ${table} e set status = 'pending', fail_reason = null from judged where e.id = judged.id
     )
     select max(id) as last from judged`,
    [from, to, after, limit],
  )
  return numberOrNull(rows[0]?.last ?? null)
}
