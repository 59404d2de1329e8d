import type { Service } from './service.ts'

/** Event families that only nova publishes: classic (`compute.`) and versioned (`instance.`) ones. */
const novaFamilies = new Set([
  'aggregate',
  'compute',
  'compute_task',
  'flavor',
  'instance',
  'keypair',
  'libvirt',
  'server_group',
  'servergroup',
])

/** Processes whose notifications are all nova's; versioned publishers begin with `nova-`. */
const novaPublisher = /^(?:nova|nova-.+|compute|compute_task|conductor|cells|consoleauth)$/

/**
 * Process names that nova shares with other services: of their events only those named after a function
 * (`rescue_instance`) and `api.fault` are nova's.
 */
const sharedPublisher = /^(?:api|scheduler)$/

/** Scheduler events of nova; those of cinder and manila are named after other operations (`scheduler.create_volume`). */
const novaSchedulerEvent =
  /^scheduler\.(?:select_destinations|run_instance|prep_resize|build_instances|rebuild_server|rebuild_instance|migrate_server|live_migration|schedule_.+?)(?:\.|$)/

/**
 * The service of a notification that was published to an exchange of all services (oslo.messaging's `control_exchange`).
 *
 * @param event event_type as published
 * @param publisherId publisher_id, may be empty
 */
export function serviceOfEvent(event: string, publisherId: string): Service {
  const [family = ''] = event.split('.', 1)
  const [publisher = ''] = publisherId.split(/[.:]/, 1)
  if (novaFamilies.has(family) || novaPublisher.test(publisher) || novaSchedulerEvent.test(event)) return 'nova'
  if (sharedPublisher.test(publisher) && (event === family || event === 'api.fault')) return 'nova'
  return family === 'image' && event !== family ? 'glance' : 'generic'
}
