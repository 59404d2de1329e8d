import type { ExistsFact, LaunchFact } from '../notifications/notification.ts'
import { floorSecond, type Micros } from '../core/time.ts'
import type { DeleteTruth, ExistsTruth, FlavorTruth, LaunchTruth, SystemTruth } from './truth.ts'
import type { Flavor } from '../world/flavor.ts'
import type { BaseImage } from '../world/image.ts'
import type { Instance } from '../world/instance.ts'
import type { Tenant } from '../world/tenant.ts'
import type { SentNotification } from './sentNotification.ts'

/** An exists as it is told; what comes of it shows later. */
export type SentExists = Omit<ExistsTruth, 'verdict' | 'duplicates'>

type Form = SentNotification['form']

/** A time as the format tells it: the versioned one in whole seconds. */
export function timeIn<T extends Micros | null>(form: Form, at: T): T | Micros {
  return form === 'versioned' && at !== null ? floorSecond(at) : at
}

/** What the format tells of the tenant and the image: the versioned one has no image_meta. */
export function systemOf(form: Form, tenant: Tenant, image: BaseImage): SystemTruth {
  const property = (name: string): string => (form === 'versioned' ? '' : (image.properties[name] ?? ''))
  return {
    tenant: tenant.id,
    raxOptions: property('com.rackspace__1__options'),
    osArchitecture: property('org.openstack__1__architecture'),
    osDistro: property('org.openstack__1__os_distro'),
    osVersion: property('org.openstack__1__os_version'),
  }
}

/** What the format tells of a flavor: the versioned one has no instance_type_id. */
function flavorOf(form: Form, flavor: Flavor): FlavorTruth {
  return { instanceTypeId: form === 'versioned' ? null : flavor.id, instanceFlavorId: flavor.flavorId }
}

/** The launch after `fact`: what the fact tells replaces what was known, and a launch time only ever rises. */
export function launchAfter(
  known: LaunchTruth | undefined,
  sent: SentNotification,
  instance: Instance,
  fact: LaunchFact,
): LaunchTruth {
  const nothing = { instanceTypeId: null, instanceFlavorId: null }
  const flavor = fact.flavor === undefined ? (known ?? nothing) : flavorOf(sent.form, fact.flavor)
  const before = known?.launchedAt ?? null
  const now = fact.launchedAt === undefined ? null : timeIn(sent.form, fact.launchedAt)
  return {
    requestId: sent.notice.request?.id ?? '',
    launchedAt: before === null || now === null ? (before ?? now) : Math.max(before, now),
    instanceTypeId: flavor.instanceTypeId,
    instanceFlavorId: flavor.instanceFlavorId,
    ...systemOf(sent.form, instance.tenant, fact.image),
  }
}

export function deleteOf(
  sent: SentNotification,
  ended: { launchedAt: Micros; terminatedAt: Micros; deletedAt: Micros },
): DeleteTruth {
  const time = (at: Micros): Micros => timeIn(sent.form, at)
  return {
    launchedAt: time(ended.launchedAt),
    deletedAt: time(ended.terminatedAt),
    rowDeletedAt: time(ended.deletedAt),
  }
}

export function existsOf(sent: SentNotification, fact: ExistsFact): SentExists {
  const { form } = sent
  return {
    messageId: sent.messageId,
    counterpartMessageId: null,
    periodic: fact.periodic,
    midOperation: fact.midOperation,
    when: sent.when,
    launchedAt: timeIn(form, fact.launchedAt),
    terminatedAt: timeIn(form, fact.terminatedAt),
    deletedAt: timeIn(form, fact.deletedAt),
    auditBeginning: timeIn(form, fact.auditBeginning),
    auditEnding: timeIn(form, fact.auditEnding),
    ...flavorOf(form, fact.flavor),
    ...systemOf(form, fact.tenant, fact.image),
    memoryMb: fact.flavor.memoryMb,
    host: sent.rendering.publisher.host,
  }
}
