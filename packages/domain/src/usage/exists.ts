import { EXISTS } from '../notifications/counterparts.ts'
import type { InstanceNotification } from '../notifications/instanceNotification.ts'
import type { Instant } from '../time/instant.ts'

/** nova's report that an instance existed in an audit period. */
export interface InstanceExists {
  deploymentId: number
  dedupKey: string
  messageId: string | null
  notificationId: number
  when: Instant
  instance: string
  versioned: boolean
  launchedAt: Instant
  deletedAt: Instant | null
  terminatedAt: Instant | null
  auditPeriodBeginning: Instant | null
  auditPeriodEnding: Instant | null
  instanceTypeId: string | null
  instanceFlavorId: string | null
  flavorName: string | null
  memoryMb: number | null
  tenant: string | null
  raxOptions: string
  osArchitecture: string
  osVersion: string
  osDistro: string
  imageType: number
  host: string | null
  /** Bytes, as digits. */
  bandwidthPublicOut: string | null
}

/**
 * StackTach's exists: one for each `compute.instance.exists` with a launched_at; others are ignored. If two have the
 * same message id and deployment, the later one counts.
 */
export function foldExists(notifications: readonly InstanceNotification[]): InstanceExists[] {
  const exists = new Map<string, InstanceExists>()
  for (const notification of notifications) {
    const { facts } = notification
    if (notification.event !== EXISTS || facts?.launchedAt === undefined) continue
    exists.set(`${notification.deploymentId} ${notification.dedupKey}`, {
      deploymentId: notification.deploymentId,
      dedupKey: notification.dedupKey,
      messageId: notification.messageId,
      notificationId: notification.id,
      when: notification.when,
      instance: notification.instance,
      versioned: notification.versioned,
      launchedAt: facts.launchedAt,
      deletedAt: facts.deletedAt ?? null,
      terminatedAt: facts.terminatedAt ?? null,
      auditPeriodBeginning: facts.auditPeriodBeginning ?? null,
      auditPeriodEnding: facts.auditPeriodEnding ?? null,
      instanceTypeId: facts.instanceTypeId ?? null,
      instanceFlavorId: facts.instanceFlavorId ?? null,
      flavorName: facts.flavorName ?? null,
      memoryMb: facts.memoryMb ?? null,
      tenant: notification.tenant,
      raxOptions: notification.raxOptions,
      osArchitecture: notification.osArchitecture,
      osVersion: notification.osVersion,
      osDistro: notification.osDistro,
      imageType: notification.imageType,
      host: notification.host,
      bandwidthPublicOut: facts.bandwidthPublicOut ?? null,
    })
  }
  return [...exists.values()]
}
