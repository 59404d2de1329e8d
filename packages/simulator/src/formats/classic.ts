import type { Json, JsonObject } from '../core/json.ts'
import { floorSecond, isoMicros, type Micros, spacedShort, spacedZone } from '../core/time.ts'
import { type BaseImage, imageMeta } from '../world/image.ts'
import type { Instance } from '../world/instance.ts'
import { httpStatusOf, type NovaException } from '../world/novaException.ts'

/** Variations of the classic instance payload. */
export type ClassicOptions = {
  /** Whether to include the fixed addresses. */
  readonly addresses: boolean
  /** Whether to truncate times to the second, as nova's RPC does. */
  readonly truncate: boolean
  /** Replaces the instance's own image. */
  readonly image?: BaseImage
}

/** Formats a time for a classic payload: the empty string if it is not set. */
function payloadTime(at: Micros | null, truncate: boolean): string {
  if (at === null) return ''
  return isoMicros(truncate ? floorSecond(at) : at)
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

/** The payload fields that all classic notifications of an instance share. */
export function classicInstance(instance: Instance, options: ClassicOptions): JsonObject {
  const { flavor } = instance
  const image = options.image ?? instance.image
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
    terminated_at: payloadTime(instance.terminatedAt, options.truncate),
    deleted_at: payloadTime(instance.deletedAt, options.truncate),
    launched_at: payloadTime(instance.launchedAt, options.truncate),
    image_ref_url: `http://localhost:9292/images/${image.id}`,
    os_type: instance.image.osType,
    kernel_id: '',
    ramdisk_id: '',
    state: instance.state,
    state_description: instance.task ?? '',
    progress: '',
    access_ip_v4: null,
    access_ip_v6: null,
    ...(options.addresses ? { fixed_ips: fixedAddresses(instance) } : {}),
    image_meta: imageMeta(image),
    metadata: instance.metadata,
  }
}

/** Formats an exception as classic notifications do: Python's repr of a dict, in a string. */
export function pythonRepr({ className, message, kwargs }: NovaException): string {
  const format = (value: string | number): string => (typeof value === 'number' ? String(value) : `'${value}'`)
  const pairs = Object.entries(kwargs).map(([name, value]) => `'${name}': ${format(value)}`)
  return `{'kwargs': {${pairs.join(', ')}}, 'message': '${message}', 'class': '${className}'}`
}

/** The payload fields that a classic `.error` adds. */
export function classicException(exception: NovaException): JsonObject {
  return { exception: pythonRepr(exception), message: exception.message, code: httpStatusOf(exception) }
}

/** The payload fields that an exists adds: its audit period. */
export function classicAuditPeriod(from: Micros, until: Micros): JsonObject {
  return { audit_period_beginning: spacedShort(from), audit_period_ending: spacedShort(until) }
}

/** The payload fields that an update adds: the change, and the current audit period in another notation. */
export function classicChange(
  change: { oldState: string; oldTask: string | null; task: string | null; oldName: string | null },
  from: Micros,
  until: Micros,
): JsonObject {
  return {
    old_state: change.oldState,
    old_task_state: change.oldTask,
    new_task_state: change.task,
    audit_period_beginning: isoMicros(from),
    audit_period_ending: isoMicros(until),
    ...(change.oldName === null ? {} : { old_display_name: change.oldName }),
  }
}
