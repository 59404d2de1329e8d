import { expect, test } from '@jest/globals'
import { serviceOfEvent } from './serviceOfEvent.ts'

test.each([
  ['compute.instance.create.end', 'compute.host-1'],
  ['compute.instance.update', 'api.host-1'],
  ['compute.instance.update', ''],
  ['compute_task.build_instances', 'compute_task.host-1'],
  ['compute_task.build_instances.error', 'nova-conductor:host-1'],
  ['instance.create.end', 'nova-compute:host-1'],
  ['aggregate.create.end', 'aggregate.3'],
  ['keypair.import.start', 'api.host-1'],
  ['servergroup.create', 'api.host-1'],
  ['server_group.create', 'nova-api:host-1'],
  ['flavor.create', 'nova-api:host-1'],
  ['service.create', 'nova-scheduler:host-1'],
  ['libvirt.connect.error', 'nova-compute:host-1'],
  ['volume.usage', 'compute.host-1'],
  ['volume.usage', 'nova-compute:host-1'],
  ['scheduler.select_destinations.end', 'scheduler.host-1'],
  ['scheduler.run_instance', 'scheduler.host-1'],
  ['scheduler.run_instance.scheduled', 'conductor.host-1'],
  ['scheduler.schedule_live_migration', 'scheduler.host-1'],
  ['rescue_instance', 'compute.host-1'],
  ['rebuild_instance', 'api.host-1'],
  ['build_instances', 'conductor.host-1'],
  ['finish_resize', 'scheduler.host-1'],
  ['attach_volume', 'nova-compute.host-1'],
  ['api.fault', 'api.host-1'],
  ['api.fault', 'nova-api.host-1'],
])('%s of %s is nova’s', (event, publisher) => {
  expect(serviceOfEvent(event, publisher)).toBe('nova')
})

test.each([
  ['image.update', 'image.host-1'],
  ['image.upload', 'glance-api.host-1'],
  ['image.member.create', ''],
])('%s of %s is glance’s', (event, publisher) => {
  expect(serviceOfEvent(event, publisher)).toBe('glance')
})

test.each([
  ['volume.create.start', 'volume.host-1@rbd#rbd'],
  ['volume.usage', 'volume.host-1'],
  ['snapshot.create.end', 'snapshot.host-1'],
  ['scheduler.create_volume', 'scheduler.host-1'],
  ['scheduler.retype', 'scheduler.host-1'],
  ['scheduler.migrate_volume_to_host', 'scheduler.host-1'],
  ['scheduler.create_share', 'scheduler.host-1'],
  ['scheduler.select_destinations_of_shares', 'scheduler.host-1'],
  ['port.create.end', 'network.host-1'],
  ['identity.project.created', 'identity.host-1'],
  ['orchestration.stack.create.end', 'orchestration.host-1'],
  ['baremetal.node.provision_set.end', 'ironic-conductor.host-1'],
  ['dns.zone.create', 'central.host-1'],
  ['audit.http.request', 'uwsgi'],
  ['audit.http.request', ''],
  ['api.fault', 'designate-api.host-1'],
  ['rescue_instance', ''],
  ['image', 'image.host-1'],
  ['images.create', 'image.host-1'],
  ['computer.start', 'computer.host-1'],
])('%s of %s is generic', (event, publisher) => {
  expect(serviceOfEvent(event, publisher)).toBe('generic')
})
