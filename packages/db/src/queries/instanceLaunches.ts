import type { Database } from '../connection/open.ts'
import type { Page } from './period.ts'

export interface ListedLaunch {
  instance: string
  /** Microseconds of Unix time; null while the instance is starting, and if the launch failed. */
  launchedAt: number | null
  instanceTypeId: string | null
  instanceFlavorId: string | null
}

/** Launches, newest first, those without launched_at last; optionally of one instance. */
export async function instanceLaunches(
  db: Database,
  { instance, limit, offset }: Page & { instance?: string | undefined },
): Promise<ListedLaunch[]> {
  const launched = await page(db, { launched: true, instance, limit, offset })
  if (launched.length === limit) return launched
  // Two queries, because a backward index scan returns nulls first.
  const before =
    offset === 0
      ? launched.length
      : await db.prisma.instanceLaunch.count({
          where: { launchedAt: { not: null }, ...(instance === undefined ? {} : { instance }) },
        })
  const rest = { limit: limit - launched.length, offset: Math.max(0, offset - before) }
  return [...launched, ...(await page(db, { launched: false, instance, ...rest }))]
}

async function page(
  db: Database,
  { launched, instance, limit, offset }: Page & { launched: boolean; instance: string | undefined },
): Promise<ListedLaunch[]> {
  const { rows } = await db.pool.query<ListedLaunch>(
    // An index-only scan finds the page; only the rows of the page are fetched, not those skipped by the offset.
    `select l.instance, l.launched_at as "launchedAt", l.instance_type_id as "instanceTypeId",
            l.instance_flavor_id as "instanceFlavorId"
       from (select id from instance_launch
              where launched_at is ${launched ? 'not null' : 'null'} ${instance === undefined ? '' : 'and instance = $3'}
              order by launched_at desc, first_when desc, id desc limit $1 offset $2) page
       join instance_launch l using (id)
      order by l.launched_at desc, l.first_when desc, l.id desc`,
    [limit, offset, ...(instance === undefined ? [] : [instance])],
  )
  return rows
}
