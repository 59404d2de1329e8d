import type { JsonObject } from '../core/json.ts'
import { floorSecond, isoMicros, type Micros } from '../core/time.ts'
import { imageMeta } from '../world/image.ts'
import type { Instance } from '../world/instance.ts'
import type { Request } from '../world/request.ts'
import { dumpedContext } from './context.ts'
import { dumpedFlavor } from './requestSpec.ts'

function time(at: Micros | null): string | null {
  return at === null ? null : isoMicros(at)
}

/** `image_*` in system_metadata: every key of image_meta. */
function systemMetadata(instance: Instance): JsonObject {
  const image = Object.entries(imageMeta(instance.image)).map(([name, value]) => [`image_${name}`, value])
  return {
    ...Object.fromEntries(image),
    owner_user_name: instance.owner.name,
    owner_project_name: instance.tenant.name,
    boot_roles: 'member,reader',
  }
}

function infoCache(instance: Instance, request: Request): JsonObject {
  return {
    _changed_fields: [],
    _context: { ...dumpedContext(request), _enginefacade_context: null },
    _obj_instance_uuid: instance.uuid,
    _obj_network_info: [],
    _obj_created_at: isoMicros(instance.createdAt),
    _obj_updated_at: null,
    _obj_deleted_at: null,
    _obj_deleted: false,
  }
}

function identity(instance: Instance): JsonObject {
  return {
    id: instance.number,
    user_id: instance.owner.id,
    project_id: instance.tenant.id,
    image_ref: instance.image.id,
    kernel_id: '',
    ramdisk_id: '',
    hostname: instance.hostname,
    launch_index: 0,
    key_name: instance.keyName,
    key_data: null,
  }
}

function stateAndSize({ state, task, flavor, host }: Instance): JsonObject {
  return {
    power_state: 1,
    vm_state: state,
    task_state: task,
    memory_mb: flavor.memoryMb,
    vcpus: flavor.vcpus,
    root_gb: flavor.rootGb,
    ephemeral_gb: flavor.ephemeralGb,
    ephemeral_key_uuid: null,
    host,
    node: host,
    instance_type_id: flavor.id,
  }
}

function launchAndSystem(instance: Instance): JsonObject {
  return {
    user_data: null,
    reservation_id: instance.reservation,
    launched_at: time(instance.launchedAt),
    terminated_at: null,
    availability_zone: instance.zone,
    display_name: instance.displayName,
    display_description: null,
    launched_on: instance.host,
    locked: instance.locked,
    locked_by: null,
    os_type: instance.image.osType,
    architecture: 'x86_64',
    vm_mode: null,
    uuid: instance.uuid,
  }
}

function storageAndNetwork(): JsonObject {
  return {
    root_device_name: '/dev/sda',
    default_ephemeral_device: null,
    default_swap_device: null,
    config_drive: '',
    access_ip_v4: null,
    access_ip_v6: null,
    auto_disk_config: false,
    progress: 0,
    shutdown_terminate: false,
    disable_terminate: false,
    cell_name: null,
  }
}

/** An instance as nova embeds it in the arguments of a failed call: its whole database row, and a context. */
export function dumpedInstance(instance: Instance, request: Request): JsonObject {
  return {
    ...identity(instance),
    ...stateAndSize(instance),
    ...launchAndSystem(instance),
    ...storageAndNetwork(),
    metadata: instance.metadata,
    system_metadata: systemMetadata(instance),
    info_cache: infoCache(instance, request),
    security_groups: [],
    cleaned: false,
    flavor: dumpedFlavor(instance.flavor),
    old_flavor: null,
    new_flavor: null,
    hidden: false,
    created_at: isoMicros(floorSecond(instance.createdAt)),
    updated_at: time(instance.updatedAt),
    deleted_at: null,
    deleted: false,
    name: `instance-${instance.number.toString(16).padStart(8, '0')}`,
  }
}
