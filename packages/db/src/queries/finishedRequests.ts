import type { Database } from '../connection/open.ts'
import { deploymentNames } from './deployments.ts'

export interface FinishedRequest {
  /** Event name without .end. */
  event: string | null
  /** Microseconds. */
  duration: number
  instance: string | null
  /** Time of the end event. */
  deployment: string | null
}

/** Finished requests that started at or after `since` (microseconds), shortest first; optionally of one tenant. */
export async function finishedRequests(
  db: Database,
  { since, tenant }: { since: number; tenant?: string },
): Promise<FinishedRequest[]> {
  const [names, rows] = await Promise.all([
    deploymentNames(db),
    db.prisma.requestTracker.findMany({
      select: { event: true, duration: true, instance: true, deploymentId: true },
      where: {
        startWhen: { gte: BigInt(since) },
        duration: { not: null },
        ...(tenant === undefined ? {} : { tenant }),
      },
      orderBy: [{ duration: 'asc' }, { requestId: 'asc' }],
    }),
  ])
  return rows.map(({ event, duration, instance, deploymentId }) => ({
    event,
    duration: Number(duration),
    instance,
    deployment: deploymentId === null ? null : (names.get(deploymentId) ?? null),
  }))
}
