import { describe, expect, test } from '@jest/globals'
import type { Json, JsonObject } from '../core/json.ts'
import { type Format, type SimulatedMessage, simulateCloud } from '../index.ts'

// The fields that OpenStack Zed sends, in its order.
const context =
  'user project_id system_scope project domain user_domain project_domain is_admin read_only show_deleted auth_token request_id global_request_id resource_uuid roles user_identity is_admin_project user_id read_deleted remote_address timestamp quota_class user_name service_catalog project_name'
const classicBase =
  'tenant_id user_id instance_id display_name reservation_id hostname instance_type instance_type_id instance_flavor_id architecture memory_mb disk_gb vcpus root_gb ephemeral_gb host node availability_zone cell_name created_at terminated_at deleted_at launched_at image_ref_url os_type kernel_id ramdisk_id state state_description progress access_ip_v4 access_ip_v6'
const versionedBase =
  'uuid user_id tenant_id reservation_id display_name display_description host_name host node os_type architecture availability_zone flavor image_uuid key_name kernel_id ramdisk_id created_at launched_at terminated_at deleted_at updated_at state power_state task_state progress ip_addresses block_devices metadata locked auto_disk_config'
const initiator = 'action_initiator_user action_initiator_project locked_reason'
const image =
  'id name status created_at updated_at min_disk min_ram protected checksum owner disk_format container_format size virtual_size is_public visibility properties tags deleted deleted_at'
const update = 'old_state old_task_state new_task_state audit_period_beginning audit_period_ending'

const classicShapes: Record<string, string> = {
  'compute.instance.update': `${classicBase} image_meta metadata ${update}`,
  'compute.instance.create.start': `${classicBase} image_meta metadata image_name`,
  'compute.instance.create.end': `${classicBase} fixed_ips image_meta metadata message`,
  'compute.instance.create.error': `${classicBase} image_meta metadata exception message code`,
  'compute.instance.reboot.error': `${classicBase} image_meta metadata exception message code`,
  'compute.instance.exists': `${classicBase} image_meta metadata audit_period_beginning audit_period_ending`,
  'compute.instance.delete.end': `${classicBase} image_meta metadata`,
  'compute.instance.resize.prep.end': `${classicBase} image_meta metadata new_instance_type new_instance_type_id`,
  'compute.instance.finish_resize.end': `${classicBase} fixed_ips image_meta metadata`,
  'compute.instance.rescue.start': `${classicBase} fixed_ips image_meta metadata rescue_image_name`,
  'compute.instance.volume.attach': `${classicBase} image_meta metadata volume_id`,
  'scheduler.select_destinations.start': 'request_spec',
  'compute_task.build_instances': 'request_spec instance_properties instance_id state method reason',
  rescue_instance: 'exception args',
  'image.activate': image,
  'image.upload': `${image} os_glance_importing_to_stores os_glance_failed_import`,
  'image.prepare': `${image} os_glance_importing_to_stores os_glance_failed_import backend`,
  'image.send': 'bytes_sent image_id owner_id receiver_tenant_id receiver_user_id',
}

const action = `fault request_id ${versionedBase} ${initiator}`
const versionedShapes: Record<string, readonly [name: string, version: string, fields: string]> = {
  'instance.update': [
    'InstanceUpdatePayload',
    '2.0',
    `state_update audit_period old_display_name tags ${versionedBase} request_id ${initiator}`,
  ],
  'instance.exists': ['InstanceExistsPayload', '2.0', `audit_period ${versionedBase} request_id ${initiator}`],
  'instance.create.end': [
    'InstanceCreatePayload',
    '1.12',
    `keypairs tags trusted_image_certificates instance_name ${action}`,
  ],
  'instance.delete.end': ['InstanceActionPayload', '1.8', action],
  'instance.resize_prep.start': ['InstanceActionResizePrepPayload', '1.3', `new_flavor ${action}`],
  'instance.rescue.start': ['InstanceActionRescuePayload', '1.3', `rescue_image_ref ${action}`],
  'instance.snapshot.start': ['InstanceActionSnapshotPayload', '1.9', `snapshot_image_id ${action}`],
  'instance.rebuild.start': ['InstanceActionRebuildPayload', '1.9', `trusted_image_certificates ${action}`],
  'instance.volume_attach.end': ['InstanceActionVolumePayload', '1.6', `volume_id ${action}`],
  'compute.exception': ['ExceptionPayload', '1.1', 'module_name function_name exception exception_message traceback'],
  'compute_task.build_instances.error': ['ComputeTaskPayload', '1.0', 'instance_uuid request_spec state reason'],
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Extracts the notification from a message of any format. */
function unpack(message: SimulatedMessage): JsonObject {
  const inner = message.body['oslo.message']
  return inner === undefined ? message.body : JSON.parse(String(inner))
}

function sample(
  format: Format,
  operations = 600,
): { message: SimulatedMessage; notification: JsonObject; payload: JsonObject }[] {
  const { messages } = simulateCloud({ format, operations, failures: 0.4, operationsPerMinute: 5 })
  return [...messages].flatMap((message) => {
    const notification = unpack(message)
    const { payload } = notification
    return isObject(payload) ? [{ message, notification, payload }] : []
  })
}

function fields(object: JsonObject | undefined): string {
  return Object.keys(object ?? {}).join(' ')
}

describe('classic notifications', () => {
  const all = sample('classic')

  test.each(Object.entries(classicShapes))('%s has the fields of OpenStack', (event, expected) => {
    const matching = all.filter(({ message }) => message.event === event)
    expect(matching.length).toBeGreaterThan(0)
    const shapes = new Set(matching.map(({ payload }) => fields(payload).replace(/ old_display_name$/, '')))
    expect([...shapes]).toEqual([expected])
  })

  test.each(['nova', 'glance'])('%s has the context of OpenStack', (exchange) => {
    const common = 'message_id publisher_id event_type priority payload timestamp _unique_id'.split(' ')
    const keys = exchange === 'nova' ? context.split(' ').map((key) => `_context_${key}`) : []
    const matching = all.filter(({ message }) => message.exchange === exchange)
    const shapes = new Set(matching.map(({ notification }) => fields(notification)))
    expect([...shapes]).toEqual([[...common, ...keys].join(' ')])
  })

  test('times are well-formed, and the empty string if they are not set', () => {
    const set = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/
    const unset = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})?$/
    const created = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00$/
    const stamp = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/
    const instances = all.filter(({ message }) => message.event.startsWith('compute.instance.'))
    const wrong = instances.filter(
      ({ notification, payload }) =>
        !stamp.test(String(notification.timestamp)) ||
        !set.test(String(notification._context_timestamp)) ||
        !created.test(String(payload.created_at)) ||
        ![payload.launched_at, payload.deleted_at, payload.terminated_at].every((at) => unset.test(String(at))),
    )
    expect(wrong).toEqual([])
  })

  test('an instance notification has 2 to 3 KB on average', () => {
    const sizes = all
      .filter(({ message }) => message.event.startsWith('compute.instance.'))
      .map(({ notification }) => JSON.stringify(notification).length)
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length
    expect(mean).toBeGreaterThan(2000)
    expect(mean).toBeLessThan(3000)
  })

  test('failures have routing key suffix error, and a failed upload has a string payload', () => {
    const cloud = simulateCloud({ format: 'classic', operations: 400, failures: 1, operationsPerMinute: 5 })
    const errors = [...cloud.messages].filter(({ routingKey }) => routingKey === 'notifications.error')
    expect(errors.every(({ body }) => body.priority === 'ERROR')).toBe(true)
    const upload = errors.find(({ event }) => event === 'image.upload')
    expect(typeof upload?.body.payload).toBe('string')
  })
})

describe('versioned notifications', () => {
  const all = sample('versioned')

  test.each(Object.entries(versionedShapes))('%s is the object of OpenStack', (event, [name, version, expected]) => {
    const matching = all.filter(({ message }) => message.event === event)
    expect(matching.length).toBeGreaterThan(0)
    for (const { message, payload } of matching) {
      expect(message.routingKey).toMatch(/^versioned_notifications\.(info|error)$/)
      expect(payload['nova_object.name']).toBe(name)
      expect(payload['nova_object.version']).toBe(version)
      const data = payload['nova_object.data']
      expect(fields(isObject(data) ? data : undefined)).toBe(expected)
    }
  })

  test('times are whole seconds or null', () => {
    for (const { payload } of all) {
      const data = payload['nova_object.data']
      if (!isObject(data) || data.launched_at === undefined) continue
      for (const key of ['launched_at', 'deleted_at', 'terminated_at', 'updated_at']) {
        expect(data[key] ?? '2026-01-01T00:00:00Z').toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
      }
    }
  })
})

test('both: a counterpart follows its classic message within 3 to 400 ms', () => {
  const all = sample('both', 200).filter(({ message }) => message.event.endsWith('instance.power_off.start'))
  const classic = all.filter(({ message }) => message.routingKey.startsWith('notifications'))
  expect(classic.length).toBeGreaterThan(0)
  for (const { message, notification } of classic) {
    const counterpart = all.find(
      (other) =>
        other.message !== message && other.notification._context_request_id === notification._context_request_id,
    )
    const delay = (counterpart?.message.when ?? 0) - message.when
    expect(delay).toBeGreaterThanOrEqual(3000)
    expect(delay).toBeLessThan(400_000)
    expect(counterpart?.message.messageId).not.toBe(message.messageId)
  }
})
