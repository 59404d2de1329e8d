import { floorSecond, type Micros } from '../core/time.ts'
import type { Deletion, ExistsFact, Form, LaunchFact } from '../notifications/notification.ts'
import type { Flavor } from '../world/flavor.ts'
import type { BaseImage } from '../world/image.ts'
import type { Instance } from '../world/instance.ts'
import type { Tenant } from '../world/tenant.ts'
import type { SentNotification } from './sentNotification.ts'
import type { DeleteTruth, ExistsTruth, FlavorTruth, LaunchTruth, SystemTruth } from './truth.ts'

/** An exists as it was sent; its verdict, and what it is compared with, are only known at the end. */
export type SentExists = Omit<ExistsTruth, 'verdict' | 'mixed' | 'duplicates'>

/** The time as the form has it: whole seconds in the versioned form. */
export function timeIn<T extends Micros | null>(form: Form, at: T): T | Micros {
  return form === 'versioned' && at !== null ? floorSecond(at) : at
}

/** The tenant and image as the form has them: the versioned form has no image_meta. */
export function systemIn(form: Form, tenant: Tenant, image: BaseImage): SystemTruth {
  const property = (name: string): string => (form === 'versioned' ? '' : (image.properties[name] ?? ''))
  return {
    tenant: tenant.id,
    raxOptions: property('com.rackspace__1__options'),
    osArchitecture: property('org.openstack__1__architecture'),
    osDistro: property('org.openstack__1__os_distro'),
    osVersion: property('org.openstack__1__os_version'),
  }
}

/** The flavor as the form has it: the versioned form has no instance_type_id. */
function flavorIn(form: Form, flavor: Flavor): FlavorTruth {
  return { instanceTypeId: form === 'versioned' ? null : flavor.id, instanceFlavorId: flavor.flavorId }
}

/**
 * Merges a notification into a launch: newer values replace older ones, except that the launch time never decreases.
 */
export function launchAfter(
  existing: LaunchTruth | undefined,
  sent: SentNotification,
  instance: Instance,
  fact: LaunchFact,
): LaunchTruth {
  const noFlavor = { instanceTypeId: null, instanceFlavorId: null }
  const flavor = fact.flavor === undefined ? (existing ?? noFlavor) : flavorIn(sent.form, fact.flavor)
  const previousTime = existing?.launchedAt ?? null
  const time = fact.launchedAt === undefined ? null : timeIn(sent.form, fact.launchedAt)
  return {
    requestId: sent.notification.request?.id ?? '',
    launchedAt: previousTime === null || time === null ? (previousTime ?? time) : Math.max(previousTime, time),
    instanceTypeId: flavor.instanceTypeId,
    instanceFlavorId: flavor.instanceFlavorId,
    ...systemIn(sent.form, instance.tenant, fact.image),
  }
}

/** The delete that a notification reports. */
export function deleteTruth({ form }: SentNotification, deletion: Deletion): DeleteTruth {
  return {
    launchedAt: timeIn(form, deletion.launchedAt),
    deletedAt: timeIn(form, deletion.terminatedAt ?? deletion.deletedAt),
    rowDeletedAt: timeIn(form, deletion.deletedAt),
  }
}

/** The exists that a notification reports. */
export function existsTruth(sent: SentNotification, fact: ExistsFact): SentExists {
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
    ...flavorIn(form, fact.flavor),
    ...systemIn(form, fact.tenant, fact.image),
    memoryMb: fact.flavor.memoryMb,
    host: sent.rendering.publisher.host,
  }
}
