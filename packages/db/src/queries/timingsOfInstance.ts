import type { Database } from '../connection/open.ts'
import type { Page } from './period.ts'

export interface InstanceTiming {
  /** Event name without .start or .end. */
  name: string
  hasStart: boolean
  hasEnd: boolean
  /** Microseconds; null unless both start and end are stored. */
  duration: number | null
}

/** An instance's timings, oldest first, by start or, without one, by end. */
export async function timingsOfInstance(
  db: Database,
  { instance, limit, offset }: Page & { instance: string },
): Promise<InstanceTiming[]> {
  const rows = await db.prisma.timing.findMany({
    select: { name: true, startId: true, endId: true, duration: true },
    where: { instance },
    orderBy: [{ when: 'asc' }, { id: 'asc' }],
    take: limit,
    skip: offset,
  })
  return rows.map(({ name, startId, endId, duration }) => ({
    name,
    hasStart: startId !== null,
    hasEnd: endId !== null,
    duration: duration === null ? null : Number(duration),
  }))
}
