import type { ExistsFact, LaunchFact } from '../notice.ts'
import { floorSecond, type Micros } from '../time.ts'
import type { DeleteTruth, ExistsTruth, FlavorTruth, LaunchTruth, SystemTruth } from '../truth.ts'
import type { Flavor } from '../world/flavor.ts'
import type { BaseImage } from '../world/image.ts'
import type { Instance } from '../world/instance.ts'
import type { Sent } from './sent.ts'

/** The versioned format has whole seconds, no instance_type_id and no image_meta. */
function tell(sent: Sent) {
  const versioned = sent.form === 'versioned'
  return {
    time: <T extends Micros | null>(at: T) => (versioned && at !== null ? floorSecond(at) : at),
    flavor: (flavor: Flavor): FlavorTruth => ({
      instanceTypeId: versioned ? null : flavor.id,
      instanceFlavorId: flavor.flavorId,
    }),
    system: (instance: Instance, image: BaseImage): SystemTruth => {
      const property = (name: string): string => (versioned ? '' : (image.properties[name] ?? ''))
      return {
        tenant: instance.tenant.id,
        raxOptions: property('com.rackspace__1__options'),
        osArchitecture: property('org.openstack__1__architecture'),
        osDistro: property('org.openstack__1__os_distro'),
        osVersion: property('org.openstack__1__os_version'),
      }
    },
  }
}

/** The launch after `fact`: what the fact tells replaces what was known, and a launch time only ever rises. */
export function launchAfter(
  known: LaunchTruth | undefined,
  sent: Sent,
  instance: Instance,
  fact: LaunchFact,
): LaunchTruth {
  const told = tell(sent)
  const nothing = { instanceTypeId: null, instanceFlavorId: null }
  const flavor = fact.flavor === undefined ? (known ?? nothing) : told.flavor(fact.flavor)
  const before = known?.launchedAt ?? null
  const now = fact.launchedAt === undefined ? null : told.time(fact.launchedAt)
  return {
    requestId: sent.notice.request?.id ?? '',
    launchedAt: before === null || now === null ? (before ?? now) : Math.max(before, now),
    instanceTypeId: flavor.instanceTypeId,
    instanceFlavorId: flavor.instanceFlavorId,
    ...told.system(instance, fact.image),
  }
}

export function deleteOf(
  sent: Sent,
  ended: { launchedAt: Micros; terminatedAt: Micros; deletedAt: Micros },
): DeleteTruth {
  const { time } = tell(sent)
  return {
    launchedAt: time(ended.launchedAt),
    deletedAt: time(ended.terminatedAt),
    rowDeletedAt: time(ended.deletedAt),
  }
}

export function existsOf(sent: Sent, instance: Instance, fact: ExistsFact): ExistsTruth {
  const told = tell(sent)
  return {
    messageId: sent.messageId,
    twinMessageId: null,
    periodic: fact.periodic,
    unsettled: fact.unsettled,
    when: sent.when,
    launchedAt: told.time(fact.launchedAt),
    terminatedAt: told.time(fact.terminatedAt),
    deletedAt: told.time(fact.deletedAt),
    auditBeginning: told.time(fact.auditBeginning),
    auditEnding: told.time(fact.auditEnding),
    ...told.flavor(fact.flavor),
    ...told.system(instance, fact.image),
  }
}
