import type { Database } from '../connection/open.ts'
import type { Page } from './period.ts'

export interface ListedExists {
  instance: string
  /** Microseconds of Unix time. */
  launchedAt: number
  /** Microseconds of Unix time; null while the instance exists. */
  deletedAt: number | null
  instanceTypeId: string | null
  instanceFlavorId: string | null
  messageId: string | null
  /** Verification status. */
  status: string
}

/** Nova's exists, newest first; optionally of one instance. */
export async function instanceExists(
  db: Database,
  { instance, limit, offset }: Page & { instance?: string | undefined },
): Promise<ListedExists[]> {
  const { rows } = await db.pool.query<ListedExists>(
    // An index-only scan finds the page; only the rows of the page are fetched, not those skipped by the offset.
    `select e.instance, e.launched_at as "launchedAt", e.deleted_at as "deletedAt", e.instance_type_id as "instanceTypeId",
            e.instance_flavor_id as "instanceFlavorId", e.message_id as "messageId", e.status
       from (select id from instance_exists ${instance === undefined ? '' : 'where instance = $3'}
              order by "when" desc, id desc limit $1 offset $2) page
       join instance_exists e using (id)
      order by e."when" desc, e.id desc`,
    [limit, offset, ...(instance === undefined ? [] : [instance])],
  )
  return rows
}
