import { describe, expect, test } from '@jest/globals'
import { EVENING, novaRow, object, read, versioned } from '../testkit/message.ts'
import { SECOND } from '../time/instant.ts'
import { classicEvent } from './versioned.ts'

describe('the classic name of', () => {
  test.each([
    ['instance.create.start', 'compute.instance.create.start'],
    ['instance.create.end', 'compute.instance.create.end'],
    ['instance.create.error', 'compute.instance.create.error'],
    ['instance.update', 'compute.instance.update'],
    ['instance.exists', 'compute.instance.exists'],
    ['instance.resize.start', 'compute.instance.resize.start'],
    ['instance.resize_finish.start', 'compute.instance.finish_resize.start'],
    ['instance.resize_finish.end', 'compute.instance.finish_resize.end'],
    ['instance.resize_prep.start', 'compute.instance.resize.prep.start'],
    ['instance.resize_confirm.end', 'compute.instance.resize.confirm.end'],
    ['instance.resize_revert.start', 'compute.instance.resize.revert.start'],
    ['instance.rebuild.end', 'compute.instance.rebuild.end'],
    ['instance.rebuild_scheduled', 'compute.instance.rebuild.scheduled'],
    ['instance.live_migration_pre.start', 'compute.instance.live_migration.pre.start'],
    ['instance.live_migration_post.end', 'compute.instance.live_migration._post.end'],
    ['instance.live_migration_post_dest.end', 'compute.instance.live_migration.post.dest.end'],
    ['instance.live_migration_rollback.start', 'compute.instance.live_migration._rollback.start'],
    ['instance.live_migration_rollback_dest.end', 'compute.instance.live_migration.rollback.dest.end'],
    ['instance.live_migration_abort.start', 'compute.instance.live.migration.abort.start'],
    ['instance.live_migration_force_complete.end', 'compute.instance.live.migration.force.complete.end'],
    ['instance.volume_attach.start', 'compute.instance.volume.attach.start'],
    ['instance.volume_detach.end', 'compute.instance.volume.detach.end'],
    ['instance.shelve_offload.end', 'compute.instance.shelve_offload.end'],
    ['instance.soft_delete.start', 'compute.instance.soft_delete.start'],
    ['instance.evacuate', 'compute.instance.evacuate'],
    ['instance.lock', 'compute.instance.lock'],
    ['instance.interface_attach.start', 'compute.instance.interface_attach.start'],
    ['compute_task.build_instances.error', 'compute_task.build_instances'],
    ['compute_task.migrate_server.error', 'compute_task.migrate_server'],
    ['compute_task.rebuild_server.error', 'compute_task.rebuild_server'],
    ['compute.exception', 'compute.exception'],
    ['scheduler.select_destinations.start', 'scheduler.select_destinations.start'],
    ['keypair.import.end', 'keypair.import.end'],
    ['flavor.create', 'flavor.create'],
    ['service.update', 'service.update'],
    ['aggregate.add_host.end', 'aggregate.add_host.end'],
  ])('%s is %s', (event, name) => {
    expect(classicEvent(event)).toBe(name)
  })
})

const flavor = object('FlavorPayload', { flavorid: 'm1', name: 'm1.small', memory_mb: 2048 })
const server = {
  uuid: 'server',
  tenant_id: 'tenant',
  request_id: 'req-1',
  state: 'active',
  task_state: 'spawning',
  os_type: 'linux',
  architecture: 'x86_64',
  host: 'host-1',
  launched_at: '2026-11-23T20:05:38Z',
  terminated_at: null,
  deleted_at: null,
  flavor,
}

test('the payload of an instance is read like its classic counterpart', () => {
  const row = novaRow(
    versioned('instance.create.end', server, { _context_request_id: 'req-1', _context_user_id: 'user' }),
  )
  expect(row).toMatchObject({
    versioned: true,
    event: 'compute.instance.create.end',
    publisher: 'nova-compute:host-1',
    service: 'compute',
    host: 'host-1',
    instance: 'server',
    tenant: 'tenant',
    requestId: 'req-1',
    userId: 'user',
    state: 'active',
    oldState: '',
    task: '',
    oldTask: '',
    imageType: 0x10,
    osArchitecture: '',
  })
  expect(row.facts).toEqual({
    launchedAt: EVENING,
    instanceFlavorId: 'm1',
    flavorName: 'm1.small',
    memoryMb: 2048,
  })
})

test('the stored original is unchanged', () => {
  const notification = versioned('instance.create.end', server)
  expect(JSON.parse(novaRow(notification).json)).toEqual(['notifications.info', notification])
})

test('an update has the old and new state and task', () => {
  const state_update = object('StatePayload', {
    old_state: 'building',
    state: 'active',
    old_task_state: 'spawning',
    new_task_state: null,
  })
  expect(novaRow(versioned('instance.update', { ...server, state: 'before', state_update }))).toMatchObject({
    state: 'active',
    oldState: 'building',
    task: null,
    oldTask: 'spawning',
  })
})

test('an exists has its audit period and the bandwidth of the public network', () => {
  const data = {
    ...server,
    audit_period: object('AuditPeriodPayload', {
      audit_period_beginning: '2026-11-23T20:00:00Z',
      audit_period_ending: '2026-11-23T20:05:00Z',
    }),
    bandwidth: [
      object('BandwidthPayload', { network_name: 'private', in_bytes: 1, out_bytes: 2 }),
      object('BandwidthPayload', { network_name: 'public', in_bytes: 3, out_bytes: 4 }),
    ],
  }
  expect(novaRow(versioned('instance.exists', data)).facts).toMatchObject({
    auditPeriodBeginning: EVENING - 338 * SECOND,
    auditPeriodEnding: EVENING - 38 * SECOND,
    bandwidthPublicOut: '4',
  })
})

test.each([[{ toString: 1 }], [[{ valueOf: 2 }]], [null], [5], [undefined]])(
  'a network with the name %j is ignored, and the notification is stored',
  (network_name) => {
    const bandwidth = [
      object('BandwidthPayload', { network_name, in_bytes: 1, out_bytes: 2 }),
      object('BandwidthPayload', { network_name: 'public', in_bytes: 3, out_bytes: 4 }),
    ]
    expect(novaRow(versioned('instance.exists', { ...server, bandwidth })).facts).toMatchObject({
      bandwidthPublicOut: '4',
    })
  },
)

test('a notification of the scheduler has instance and project; the uuid of a service is not an instance', () => {
  const scheduled = versioned('scheduler.select_destinations.start', { instance_uuid: 'server', project_id: 'tenant' })
  expect(novaRow(scheduled)).toMatchObject({ instance: 'server', tenant: 'tenant' })
  expect(novaRow(versioned('service.update', { uuid: 'service', host: 'host-1' }))).toMatchObject({ instance: null })
})

test('only notifications of nova are versioned; other services have plain payloads', () => {
  expect(read(versioned('instance.create.end', server), 'generic')).toMatchObject({
    row: { event: 'instance.create.end', service: 'nova-compute', instance: null },
  })
})

test.each([[null], ['text'], [5], [[]]])('data of another type is ignored: %j', (data) => {
  const row = novaRow(versioned('instance.create.end', data as object))
  expect(row).toMatchObject({ versioned: true, event: 'compute.instance.create.end', instance: null, state: '' })
})
