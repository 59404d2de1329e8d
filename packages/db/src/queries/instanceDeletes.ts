import type { Database } from '../open.ts'
import type { Page } from './period.ts'

export interface ListedDelete {
  instance: string
  /** Microseconds of unix time. */
  launchedAt: number
  /** Microseconds of unix time. */
  deletedAt: number
}

/** Deletes, newest first; of one instance if given. */
export async function instanceDeletes(
  db: Database,
  { instance, limit, offset }: Page & { instance?: string | undefined },
): Promise<ListedDelete[]> {
  const rows = await db.prisma.instanceDelete.findMany({
    select: { instance: true, launchedAt: true, deletedAt: true },
    where: instance === undefined ? {} : { instance },
    orderBy: [{ deletedAt: 'desc' }, { id: 'desc' }],
    take: limit,
    skip: offset,
  })
  return rows.map((row) => ({ ...row, launchedAt: Number(row.launchedAt), deletedAt: Number(row.deletedAt) }))
}
