import type { Database } from '../open.ts'
import type { Page } from './period.ts'

export interface ListedLaunch {
  instance: string
  /** Microseconds of unix time; null while it is being brought up, and when that failed. */
  launchedAt: number | null
  instanceTypeId: string | null
  instanceFlavorId: string | null
}

const order = [{ launchedAt: 'desc' }, { firstWhen: 'desc' }, { id: 'desc' }] as const
const select = { instance: true, launchedAt: true, instanceTypeId: true, instanceFlavorId: true } as const

/** Launches, newest first, those that never got there (no launched_at) last; of one instance if given. */
export async function instanceLaunches(
  { prisma }: Database,
  { instance, limit, offset }: Page & { instance?: string | undefined },
): Promise<ListedLaunch[]> {
  const of = instance === undefined ? {} : { instance }
  const launched = { ...of, launchedAt: { not: null } }
  const rows = await prisma.instanceLaunch.findMany({
    select,
    where: launched,
    orderBy: [...order],
    take: limit,
    skip: offset,
  })
  if (rows.length < limit) {
    // Two questions, since PostgreSQL walks an index backwards only with the nulls first.
    const before = offset === 0 ? rows.length : await prisma.instanceLaunch.count({ where: launched })
    const unlaunched = await prisma.instanceLaunch.findMany({
      select,
      where: { ...of, launchedAt: null },
      orderBy: [...order],
      take: limit - rows.length,
      skip: Math.max(0, offset - before),
    })
    rows.push(...unlaunched)
  }
  return rows.map((row) => ({ ...row, launchedAt: row.launchedAt === null ? null : Number(row.launchedAt) }))
}
