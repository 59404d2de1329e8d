import type { Json, JsonObject } from '../core/json.ts'
import { isoSeconds, type Micros } from '../core/time.ts'
import type { Flavor } from '../world/flavor.ts'
import type { Instance } from '../world/instance.ts'
import type { NovaException } from '../world/novaException.ts'
import type { Request } from '../world/request.ts'

/** Builds a versioned object: name, version and data. */
export function novaObject(name: string, version: string, data: JsonObject): JsonObject {
  return {
    'nova_object.name': name,
    'nova_object.namespace': 'nova',
    'nova_object.version': version,
    'nova_object.data': data,
  }
}

/** Formats a time for a versioned payload: whole seconds, null if it is not set. */
export function versionedTime(at: Micros | null): string | null {
  return at === null ? null : isoSeconds(at)
}

export function versionedFlavor(flavor: Flavor): JsonObject {
  return novaObject('FlavorPayload', '1.4', {
    flavorid: flavor.flavorId,
    memory_mb: flavor.memoryMb,
    vcpus: flavor.vcpus,
    root_gb: flavor.rootGb,
    ephemeral_gb: flavor.ephemeralGb,
    name: flavor.name,
    swap: flavor.swap,
    rxtx_factor: 1,
    vcpu_weight: 0,
    disabled: false,
    is_public: true,
    extra_specs: flavor.extraSpecs,
    projects: null,
    description: null,
  })
}

export function versionedException(exception: NovaException): JsonObject {
  return novaObject('ExceptionPayload', '1.1', {
    module_name: exception.module,
    function_name: exception.function,
    exception: exception.className,
    exception_message: exception.message,
    traceback: exception.traceback,
  })
}

export function versionedAuditPeriod(from: Micros, until: Micros): JsonObject {
  return novaObject('AuditPeriodPayload', '1.0', {
    audit_period_beginning: isoSeconds(from),
    audit_period_ending: isoSeconds(until),
  })
}

export function versionedStateUpdate(
  oldState: string,
  state: string,
  oldTask: string | null,
  task: string | null,
): JsonObject {
  return novaObject('InstanceStateUpdatePayload', '1.0', {
    old_state: oldState,
    state,
    old_task_state: oldTask,
    new_task_state: task,
  })
}

export function versionedKeypairs(instance: Instance): Json {
  if (instance.keyName === null) return []
  const data = {
    user_id: instance.owner.id,
    name: instance.keyName,
    fingerprint: '1e:2c:9b:56:79:4b:45:77:f9:ca:7a:98:2c:b0:d5:3c',
    public_key: `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQDx8nkQv${'z'.repeat(150)}== Generated-by-Nova`,
    type: 'ssh',
  }
  return [novaObject('KeypairPayload', '1.0', data)]
}

const powerStates: Partial<Record<string, string>> = {
  active: 'running',
  resized: 'running',
  rescued: 'running',
  stopped: 'shutdown',
  shelved: 'shutdown',
  shelved_offloaded: 'shutdown',
  'soft-delete': 'shutdown',
  paused: 'paused',
  suspended: 'suspended',
}

function powerState(instance: Instance): string {
  if (instance.state === 'error' && instance.launchedAt !== null) return 'running'
  return powerStates[instance.state] ?? 'pending'
}

function addressesOf(instance: Instance): Json {
  return instance.addresses.map((ip) =>
    novaObject('IpPayload', '1.0', {
      label: 'private',
      mac: ip.mac,
      meta: {},
      port_uuid: ip.port,
      version: 4,
      address: ip.address,
      device_name: `tap${ip.port.slice(0, 11)}`,
    }),
  )
}

function volumesOf(instance: Instance): Json {
  return instance.volumes.map((volume, i) =>
    novaObject('BlockDevicePayload', '1.0', {
      device_name: `/dev/sd${String.fromCharCode(98 + i)}`,
      boot_index: null,
      delete_on_termination: false,
      volume_id: volume,
      tag: null,
    }),
  )
}

/** The payload fields that all versioned notifications of an instance share. */
export function versionedInstance(instance: Instance): JsonObject {
  return {
    uuid: instance.uuid,
    user_id: instance.owner.id,
    tenant_id: instance.tenant.id,
    reservation_id: instance.reservation,
    display_name: instance.displayName,
    display_description: instance.description,
    host_name: instance.hostname,
    host: instance.host,
    node: instance.host,
    os_type: instance.image.osType,
    architecture: 'x86_64',
    availability_zone: instance.zone,
    flavor: versionedFlavor(instance.flavor),
    image_uuid: instance.image.id,
    key_name: instance.keyName,
    kernel_id: '',
    ramdisk_id: '',
    created_at: isoSeconds(instance.createdAt),
    launched_at: versionedTime(instance.launchedAt),
    terminated_at: versionedTime(instance.terminatedAt),
    deleted_at: versionedTime(instance.deletedAt),
    updated_at: versionedTime(instance.updatedAt),
    state: instance.state,
    power_state: powerState(instance),
    task_state: instance.task,
    progress: 0,
    ip_addresses: addressesOf(instance),
    block_devices: volumesOf(instance),
    metadata: instance.metadata,
    locked: instance.locked,
    auto_disk_config: 'MANUAL',
  }
}

/** The initiator fields at the end of each versioned instance payload. */
export function versionedInitiator(instance: Instance, request: Request): JsonObject {
  return {
    action_initiator_user: request.user?.id ?? null,
    action_initiator_project: request.project?.id ?? null,
    locked_reason: instance.lockedReason,
  }
}
