import type { JsonObject } from '../core/json.ts'
import { floorSecond, isoMicros, isoSeconds, type Micros } from '../core/time.ts'
import type { Flavor } from '../world/flavor.ts'
import type { BaseImage } from '../world/image.ts'
import type { Instance } from '../world/instance.ts'
import type { Request } from '../world/request.ts'
import { dumpedContext } from './context.ts'
import { novaObject, versionedFlavor } from './versioned.ts'

/** What a request asks of the scheduler. */
export type RequestSpec = {
  readonly instance: Instance
  readonly flavor: Flavor
  readonly count: number
  readonly request: Request
  /** A rebuild checks the new image against its host; a move needs another host in the same cell. */
  readonly kind: 'create' | 'rebuild' | 'move'
}

// The images are older than the simulation.
const imageCreatedAt: Micros = Date.UTC(2024, 1, 3, 4, 5, 6) * 1000

function classicImage(image: BaseImage): JsonObject {
  return {
    id: image.id,
    name: image.name,
    status: 'active',
    visibility: 'public',
    protected: false,
    size: image.size,
    container_format: 'bare',
    disk_format: 'qcow2',
    created_at: isoMicros(imageCreatedAt),
    updated_at: isoMicros(imageCreatedAt),
    tags: ['tag1', 'tag2'],
    min_ram: 0,
    min_disk: image.minDisk,
    properties: { hw_architecture: 'x86_64' },
  }
}

/** A flavor with all columns of its database row. */
export function dumpedFlavor(flavor: Flavor): JsonObject {
  return {
    id: flavor.id,
    name: flavor.name,
    memory_mb: flavor.memoryMb,
    vcpus: flavor.vcpus,
    root_gb: flavor.rootGb,
    ephemeral_gb: flavor.ephemeralGb,
    flavorid: flavor.flavorId,
    swap: flavor.swap,
    rxtx_factor: 1,
    vcpu_weight: 0,
    disabled: false,
    is_public: true,
    extra_specs: flavor.extraSpecs,
    description: null,
    created_at: isoMicros(floorSecond(imageCreatedAt)),
    updated_at: null,
    deleted_at: null,
    deleted: false,
  }
}

/** `instance_properties` of a classic request spec, including the context that nova embeds. */
export function classicProperties(spec: RequestSpec, scheduled: boolean, context: JsonObject = {}): JsonObject {
  const { instance, flavor } = spec
  // An instance that is moved was scheduled before.
  const hasInstance = scheduled || spec.kind === 'move'
  return {
    numa_topology: null,
    pci_requests: {
      _changed_fields: hasInstance ? ['requests', 'instance_uuid'] : ['requests'],
      _context: { ...dumpedContext(spec.request), ...context },
      VERSION: '1.1',
      _obj_requests: [],
      ...(hasInstance ? { _obj_instance_uuid: instance.uuid } : {}),
    },
    project_id: instance.tenant.id,
    user_id: instance.owner.id,
    availability_zone: null,
    uuid: instance.uuid,
    root_gb: flavor.rootGb,
    ephemeral_gb: flavor.ephemeralGb,
    memory_mb: flavor.memoryMb,
    vcpus: flavor.vcpus,
  }
}

/** The classic request spec; `scheduled` if the scheduler has set the instance. */
export function classicRequestSpec(spec: RequestSpec, scheduled: boolean, context: JsonObject = {}): JsonObject {
  return {
    num_instances: spec.count,
    image: classicImage(spec.instance.image),
    instance_properties: classicProperties(spec, scheduled, context),
    instance_type: dumpedFlavor(spec.flavor),
  }
}

function destination(): JsonObject {
  const cell = { uuid: '9b83bc61-51cc-458c-b668-8e50818e17a8', name: 'cell1', disabled: false }
  return novaObject('DestinationPayload', '1.0', {
    cell: novaObject('CellMappingPayload', '2.0', cell),
    aggregates: null,
  })
}

/** The versioned request spec, RequestSpecPayload. */
export function versionedRequestSpec(spec: RequestSpec): JsonObject {
  const { instance } = spec
  const { image } = instance
  const properties = novaObject('ImageMetaPropsPayload', '1.12', { hw_architecture: 'x86_64' })
  return novaObject('RequestSpecPayload', '1.1', {
    instance_uuid: instance.uuid,
    project_id: instance.tenant.id,
    user_id: instance.owner.id,
    availability_zone: null,
    flavor: versionedFlavor(spec.flavor),
    force_hosts: null,
    force_nodes: null,
    ignore_hosts: spec.kind === 'move' && instance.host !== null ? [instance.host] : null,
    instance_group: null,
    image: novaObject('ImageMetaPayload', '1.0', {
      id: image.id,
      name: image.name,
      status: 'active',
      visibility: 'public',
      protected: false,
      checksum: null,
      owner: null,
      size: image.size,
      virtual_size: null,
      container_format: 'bare',
      disk_format: 'qcow2',
      created_at: isoSeconds(imageCreatedAt),
      updated_at: isoSeconds(imageCreatedAt),
      tags: ['tag1', 'tag2'],
      direct_url: null,
      min_ram: 0,
      min_disk: image.minDisk,
      properties,
    }),
    numa_topology: null,
    pci_requests: novaObject('InstancePCIRequestsPayload', '1.0', { instance_uuid: instance.uuid, requests: [] }),
    num_instances: spec.count,
    requested_destination: spec.kind === 'create' ? null : destination(),
    retry: null,
    scheduler_hints: spec.kind === 'rebuild' ? { _nova_check_type: ['rebuild'] } : {},
    security_groups: ['default'],
  })
}
