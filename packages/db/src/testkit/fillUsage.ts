import { DAY, HOUR, type Instant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'

/** 2026-11-01 00:00:00. */
export const FIRST_DAY: Instant = 1_793_491_200_000_000

/** An instance with hourly exists. */
export interface FilledInstance {
  instance: string
  tenant: string
  launchedAt?: Instant
  deletedAt?: Instant | null
  deploymentId?: number
  host?: string
  flavor?: string
  /** Begins of the hours that have a verified exists, in hours after FIRST_DAY. */
  hours: readonly number[]
}

/** Inserts deployments, and instances with their lifecycles and exists. */
export async function fillUsage(db: Pick<Database, 'prisma'>, instances: readonly FilledInstance[]): Promise<void> {
  await db.prisma.deployment.createMany({
    data: [
      { id: 1, name: 'east-1' },
      { id: 2, name: 'west' },
    ],
    skipDuplicates: true,
  })
  await db.prisma.lifecycle.createMany({
    data: instances.map(({ instance, tenant, launchedAt = FIRST_DAY, deletedAt = null, deploymentId = 1, host }) => ({
      ...{ instance, notificationId: 1n, notificationWhen: BigInt(FIRST_DAY), state: 'active', taskState: '' },
      ...{ launchedAt: BigInt(launchedAt), deletedAt: deletedAt === null ? null : BigInt(deletedAt), tenant },
      ...{ host: host ?? 'host-1', deploymentId, foldedWhen: BigInt(FIRST_DAY), foldedTieBreak: '' },
      ...{ hasClassic: true, hasVersioned: false },
    })),
  })
  await db.prisma.instanceExists.createMany({
    data: instances.flatMap((row) => row.hours.map((hour) => hourlyExists(row, hour))),
  })
}

/** The row of an hour's verified exists. */
export function hourlyExists(
  { instance, tenant, launchedAt = FIRST_DAY, deletedAt = null, deploymentId = 1, flavor = '2' }: FilledInstance,
  hour: number,
) {
  const ending = FIRST_DAY + (hour + 1) * HOUR
  return {
    ...{ deploymentId, dedupKey: `${instance} ${hour}`, messageId: `${instance} ${hour}`, notificationId: 1n },
    ...{ when: BigInt(ending + 1_000_000), instance, versioned: false, launchedAt: BigInt(launchedAt) },
    deletedAt: deletedAt !== null && deletedAt < ending ? BigInt(deletedAt) : null,
    ...{ auditPeriodBeginning: BigInt(ending - HOUR), auditPeriodEnding: BigInt(ending), instanceFlavorId: flavor },
    ...{ flavorName: `flavor ${flavor}`, memoryMb: 512n, tenant, imageType: 0, status: 'verified' },
  }
}

/** Marks days as closed, in days after FIRST_DAY. */
export async function closeDays(db: Pick<Database, 'prisma'>, days: readonly number[]): Promise<void> {
  await db.prisma.usageClosed.createMany({ data: days.map((day) => ({ day: BigInt(FIRST_DAY + day * DAY) })) })
}

/** Numbers from `from` up to `until`, exclusive. */
export const range = (from: number, until: number) => Array.from({ length: until - from }, (_, index) => from + index)
