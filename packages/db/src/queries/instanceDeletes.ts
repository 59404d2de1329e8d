import type { Database } from '../connection/open.ts'
import type { Page } from './period.ts'

export interface ListedDelete {
  instance: string
  /** Microseconds of Unix time. */
  launchedAt: number
  /** Microseconds of Unix time. */
  deletedAt: number
}

/** Effective deletes, newest first; optionally of one instance. */
export async function instanceDeletes(
  db: Database,
  { instance, limit, offset }: Page & { instance?: string | undefined },
): Promise<ListedDelete[]> {
  const { rows } = await db.pool.query<ListedDelete>(
    // An index-only scan finds the page; only the rows of the page are fetched, not those skipped by the offset.
    `select d.instance, d.launched_at as "launchedAt", d.deleted_at as "deletedAt"
       from (select id from instance_delete
              where effective ${instance === undefined ? '' : 'and instance = $3'}
              order by deleted_at desc, id desc limit $1 offset $2) page
       join instance_delete d using (id)
      order by d.deleted_at desc, d.id desc`,
    [limit, offset, ...(instance === undefined ? [] : [instance])],
  )
  return rows
}
