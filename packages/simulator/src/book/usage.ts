import type { ExistsFact, LaunchFact } from '../notice.ts'
import { floorSecond, type Micros } from '../time.ts'
import type { DeleteTruth, ExistsTruth, FlavorTruth, LaunchTruth, SystemTruth } from '../truth.ts'
import type { Flavor } from '../world/flavor.ts'
import type { BaseImage } from '../world/image.ts'
import type { Instance } from '../world/instance.ts'
import type { Tenant } from '../world/tenant.ts'
import type { Sent } from './sent.ts'

/** An exists as it is told; what comes of it shows later. */
export type ToldExists = Omit<ExistsTruth, 'verdict' | 'doubles'>

type Form = Sent['form']

/** A time as the format tells it: the versioned one in whole seconds. */
export function toldTime<T extends Micros | null>(form: Form, at: T): T | Micros {
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
  sent: Sent,
  instance: Instance,
  fact: LaunchFact,
): LaunchTruth {
  const nothing = { instanceTypeId: null, instanceFlavorId: null }
  const flavor = fact.flavor === undefined ? (known ?? nothing) : flavorOf(sent.form, fact.flavor)
  const before = known?.launchedAt ?? null
  const now = fact.launchedAt === undefined ? null : toldTime(sent.form, fact.launchedAt)
  return {
    requestId: sent.notice.request?.id ?? '',
    launchedAt: before === null || now === null ? (before ?? now) : Math.max(before, now),
    instanceTypeId: flavor.instanceTypeId,
    instanceFlavorId: flavor.instanceFlavorId,
    ...systemOf(sent.form, instance.tenant, fact.image),
  }
}

export function deleteOf(
  sent: Sent,
  ended: { launchedAt: Micros; terminatedAt: Micros; deletedAt: Micros },
): DeleteTruth {
  const time = (at: Micros): Micros => toldTime(sent.form, at)
  return {
    launchedAt: time(ended.launchedAt),
    deletedAt: time(ended.terminatedAt),
    rowDeletedAt: time(ended.deletedAt),
  }
}

export function existsOf(sent: Sent, fact: ExistsFact): ToldExists {
  const { form } = sent
  return {
    messageId: sent.messageId,
    twinMessageId: null,
    periodic: fact.periodic,
    unsettled: fact.unsettled,
    when: sent.when,
    launchedAt: toldTime(form, fact.launchedAt),
    terminatedAt: toldTime(form, fact.terminatedAt),
    deletedAt: toldTime(form, fact.deletedAt),
    auditBeginning: toldTime(form, fact.auditBeginning),
    auditEnding: toldTime(form, fact.auditEnding),
    ...flavorOf(form, fact.flavor),
    ...systemOf(form, fact.tenant, fact.image),
    memoryMb: fact.flavor.memoryMb,
    host: sent.rendering.publisher.host,
  }
}
