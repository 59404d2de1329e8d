import type { Database } from '../open.ts'
import type { Page } from './period.ts'

export interface ListedLaunch {
  instance: string
  /** Microseconds of unix time; null while it is being brought up. */
  launchedAt: number | null
  instanceTypeId: string | null
  instanceFlavorId: string | null
}

/** Launches, newest first; of one instance if given. */
export async function instanceLaunches(
  db: Database,
  { instance, limit, offset }: Page & { instance?: string | undefined },
): Promise<ListedLaunch[]> {
  const rows = await db.prisma.instanceLaunch.findMany({
    select: { instance: true, launchedAt: true, instanceTypeId: true, instanceFlavorId: true },
    where: instance === undefined ? {} : { instance },
    orderBy: [{ launchedAt: { sort: 'desc', nulls: 'first' } }, { id: 'desc' }],
    take: limit,
    skip: offset,
  })
  return rows.map((row) => ({ ...row, launchedAt: row.launchedAt === null ? null : Number(row.launchedAt) }))
}
