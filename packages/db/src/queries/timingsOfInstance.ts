import type { Database } from '../connection/open.ts'
import type { Page } from './period.ts'

export interface InstanceTiming {
  /** The event without .start or .end. */
  name: string
  hasStart: boolean
  hasEnd: boolean
  /** Microseconds; null without both ends. */
  duration: number | null
}

/** An instance's timings, oldest first: by the start, else the end. */
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
