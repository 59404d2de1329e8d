import type { JsonObject } from '../core/json.ts'
import { floorSecond, isoMicros, isoSeconds, type Micros } from '../core/time.ts'
import type { Flavor } from '../world/flavor.ts'
import type { BaseImage } from '../world/image.ts'
import type { Instance } from '../world/instance.ts'
import type { Request } from '../world/request.ts'
import { dumpedContext } from './context.ts'
import { novaObject, versionedFlavor } from './versioned.ts'

/** What the scheduler is asked for. */
export type RequestSpec = {
  readonly instance: Instance
  readonly flavor: Flavor
  readonly count: number
  readonly request: Request
  /** A rebuild asks whether its host can have the new image; a move looks for another host in the same cell. */
  readonly kind: 'create' | 'rebuild' | 'move'
}

// Glance knew these images long before the simulated time.
const imageCreated: Micros = Date.UTC(2024, 1, 3, 4, 5, 6) * 1000

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
    created_at: isoMicros(imageCreated),
    updated_at: isoMicros(imageCreated),
    tags: ['tag1', 'tag2'],
    min_ram: 0,
    min_disk: image.minDisk,
    properties: { hw_architecture: 'x86_64' },
  }
}

/** A flavor with everything that its database row has. */
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
    created_at: isoMicros(floorSecond(imageCreated)),
    updated_at: null,
    deleted_at: null,
    deleted: false,
  }
}

/** `instance_properties` of a classic request spec, with the context that nova dumps into it. */
export function classicProperties(spec: RequestSpec, scheduled: boolean, context: JsonObject = {}): JsonObject {
  const { instance, flavor } = spec
  // What is moved was scheduled before.
  const known = scheduled || spec.kind === 'move'
  return {
    numa_topology: null,
    pci_requests: {
      _changed_fields: known ? ['requests', 'instance_uuid'] : ['requests'],
      _context: { ...dumpedContext(spec.request), ...context },
      VERSION: '1.1',
      _obj_requests: [],
      ...(known ? { _obj_instance_uuid: instance.uuid } : {}),
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

/** The classic request spec; `scheduled` once the scheduler has filled in the instance. */
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

/** The versioned request spec: RequestSpecPayload. */
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
      created_at: isoSeconds(imageCreated),
      updated_at: isoSeconds(imageCreated),
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
