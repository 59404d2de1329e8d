import { type NovaException, httpStatusOf, pythonRepr } from '../world/novaException.ts'
import type { Json, JsonObject } from '../core/json.ts'
import { floorSecond, isoMicros, type Micros, spacedShort, spacedZone } from '../core/time.ts'
import { type BaseImage, imageMeta } from '../world/image.ts'
import type { Instance } from '../world/instance.ts'

/** How an instance is shown. */
export type View = {
  /** List the fixed addresses. */
  readonly addresses: boolean
  /** Cut times to the second, as of an instance that came by RPC. */
  readonly cut: boolean
  /** Show this image instead of the instance's own. */
  readonly image?: BaseImage
}

/** A time as classic payloads have it: the empty string when it is not set. */
function payloadTime(at: Micros | null, cut: boolean): string {
  if (at === null) return ''
  return isoMicros(cut ? floorSecond(at) : at)
}

function fixedAddresses(instance: Instance): Json {
  return instance.addresses.map((ip) => ({
    address: ip.address,
    type: 'fixed',
    version: 4,
    meta: {},
    floating_ips: [],
    label: 'private',
    vif_mac: ip.mac,
  }))
}

/** The payload that all of a classic instance's notifications have in common. */
export function classicInstance(instance: Instance, view: View): JsonObject {
  const { flavor } = instance
  const image = view.image ?? instance.image
  return {
    tenant_id: instance.tenant.id,
    user_id: instance.owner.id,
    instance_id: instance.uuid,
    display_name: instance.displayName,
    reservation_id: instance.reservation,
    hostname: instance.hostname,
    instance_type: flavor.name,
    instance_type_id: flavor.id,
    instance_flavor_id: flavor.flavorId,
    architecture: 'x86_64',
    memory_mb: flavor.memoryMb,
    disk_gb: flavor.rootGb + flavor.ephemeralGb,
    vcpus: flavor.vcpus,
    root_gb: flavor.rootGb,
    ephemeral_gb: flavor.ephemeralGb,
    host: instance.host,
    node: instance.host,
    availability_zone: instance.zone,
    cell_name: '',
    created_at: spacedZone(instance.createdAt),
    terminated_at: payloadTime(instance.terminatedAt, view.cut),
    deleted_at: payloadTime(instance.deletedAt, view.cut),
    launched_at: payloadTime(instance.launchedAt, view.cut),
    image_ref_url: `http://localhost:9292/images/${image.id}`,
    os_type: instance.image.osType,
    kernel_id: '',
    ramdisk_id: '',
    state: instance.state,
    state_description: instance.task ?? '',
    progress: '',
    access_ip_v4: null,
    access_ip_v6: null,
    ...(view.addresses ? { fixed_ips: fixedAddresses(instance) } : {}),
    image_meta: imageMeta(image),
    metadata: instance.metadata,
  }
}

/** What a classic `.error` adds to the instance. */
export function classicException(fault: NovaException): JsonObject {
  return { exception: pythonRepr(fault), message: fault.message, code: httpStatusOf(fault) }
}

/** What an exists adds to the instance: its audit period. */
export function classicAuditPeriod(beginning: Micros, ending: Micros): JsonObject {
  return { audit_period_beginning: spacedShort(beginning), audit_period_ending: spacedShort(ending) }
}

/** What an update adds to the instance: the change, and the current audit period in another notation. */
export function classicChange(
  change: { oldState: string; oldTask: string | null; task: string | null; oldName: string | null },
  beginning: Micros,
  ending: Micros,
): JsonObject {
  return {
    old_state: change.oldState,
    old_task_state: change.oldTask,
    new_task_state: change.task,
    audit_period_beginning: isoMicros(beginning),
    audit_period_ending: isoMicros(ending),
    ...(change.oldName === null ? {} : { old_display_name: change.oldName }),
  }
}
