import type { Database } from '../open.ts'
import type { Page } from './period.ts'

export interface ListedExists {
  instance: string
  /** Microseconds of unix time. */
  launchedAt: number
  /** Microseconds of unix time; null while it lives. */
  deletedAt: number | null
  instanceTypeId: string | null
  instanceFlavorId: string | null
  messageId: string | null
  /** Of its verification. */
  status: string
}

/** Nova's exists, newest first; of one instance if given. */
export async function instanceExists(
  db: Database,
  { instance, limit, offset }: Page & { instance?: string | undefined },
): Promise<ListedExists[]> {
  const rows = await db.prisma.instanceExists.findMany({
    select: {
      instance: true,
      launchedAt: true,
      deletedAt: true,
      instanceTypeId: true,
      instanceFlavorId: true,
      messageId: true,
      status: true,
    },
    where: instance === undefined ? {} : { instance },
    orderBy: [{ when: 'desc' }, { id: 'desc' }],
    take: limit,
    skip: offset,
  })
  return rows.map((row) => ({
    ...row,
    launchedAt: Number(row.launchedAt),
    deletedAt: row.deletedAt === null ? null : Number(row.deletedAt),
  }))
}
