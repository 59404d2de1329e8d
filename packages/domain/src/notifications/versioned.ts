import { at, isObject, type JsonObject } from './json.ts'

/**
 * Versioned event names whose classic name is not `compute.` plus the name, without the suffix (.start, .end,
 * .error).
 */
const classicNames: Record<string, string> = {
  'instance.resize_finish': 'compute.instance.finish_resize',
  'instance.resize_prep': 'compute.instance.resize.prep',
  'instance.resize_confirm': 'compute.instance.resize.confirm',
  'instance.resize_revert': 'compute.instance.resize.revert',
  'instance.rebuild_scheduled': 'compute.instance.rebuild.scheduled',
  'instance.volume_attach': 'compute.instance.volume.attach',
  'instance.volume_detach': 'compute.instance.volume.detach',
  'instance.live_migration_pre': 'compute.instance.live_migration.pre',
  'instance.live_migration_post': 'compute.instance.live_migration._post',
  'instance.live_migration_post_dest': 'compute.instance.live_migration.post.dest',
  'instance.live_migration_rollback': 'compute.instance.live_migration._rollback',
  'instance.live_migration_rollback_dest': 'compute.instance.live_migration.rollback.dest',
  'instance.live_migration_abort': 'compute.instance.live.migration.abort',
  'instance.live_migration_force_complete': 'compute.instance.live.migration.force.complete',
}

/** Task API errors, whose classic names have no `.error`. */
const classicErrors: Record<string, string> = {
  'compute_task.build_instances.error': 'compute_task.build_instances',
  'compute_task.migrate_server.error': 'compute_task.migrate_server',
  'compute_task.rebuild_server.error': 'compute_task.rebuild_server',
}

/** The classic name of a versioned notification's event. */
export function classicEvent(event: string): string {
  const error = Object.hasOwn(classicErrors, event) ? classicErrors[event] : undefined
  if (error !== undefined) return error
  const phase = /\.(?:start|end|error)$/.exec(event)?.[0] ?? ''
  const stem = event.slice(0, event.length - phase.length)
  const mapped = Object.hasOwn(classicNames, stem) ? classicNames[stem] : undefined
  if (mapped !== undefined) return mapped + phase
  return event.startsWith('instance.') ? `compute.${event}` : event
}

export function isVersioned(notification: JsonObject): boolean {
  return typeof at(notification, 'payload', 'nova_object.name') === 'string'
}

/**
 * Converts a versioned payload to the classic format, so that one set of rules reads both. instance_type_id and
 * image_meta are missing because the versioned format lacks them.
 */
export function classicPayload(event: string, payload: unknown): JsonObject {
  const data = plain(payload)
  const flavor = at(data, 'flavor')
  const update = at(data, 'state_update')
  const period = at(data, 'audit_period')
  const isInstance = event.startsWith('instance.')
  return withoutUndefined({
    tenant_id: at(data, 'tenant_id') ?? at(data, 'project_id'),
    instance_id: at(data, 'instance_uuid') ?? (isInstance ? at(data, 'uuid') : undefined),
    // A classic update carries the new state; other notifications carry only the state.
    state: at(update, 'state') ?? at(data, 'state'),
    old_state: at(update, 'old_state'),
    new_task_state: at(update, 'new_task_state'),
    old_task_state: at(update, 'old_task_state'),
    os_type: at(data, 'os_type'),
    launched_at: at(data, 'launched_at'),
    terminated_at: at(data, 'terminated_at'),
    deleted_at: at(data, 'deleted_at'),
    instance_flavor_id: at(flavor, 'flavorid'),
    instance_type: at(flavor, 'name'),
    memory_mb: at(flavor, 'memory_mb'),
    audit_period_beginning: at(period, 'audit_period_beginning'),
    audit_period_ending: at(period, 'audit_period_ending'),
    bandwidth: bandwidth(at(data, 'bandwidth')),
    image_uuid: at(data, 'image_uuid'),
    exception: exception(at(data, 'fault')) ?? exception(at(data, 'reason')) ?? exception(data),
  })
}

/** Versioned: an ExceptionPayload, which is the whole payload of a compute.exception. */
function exception(value: unknown): JsonObject | undefined {
  const message = at(value, 'exception_message')
  return message === undefined ? undefined : { class: at(value, 'exception'), message }
}

/** Versioned: a list of counters per network; classic: an object by network name. */
function bandwidth(value: unknown): JsonObject | undefined {
  if (!Array.isArray(value)) return undefined
  return Object.fromEntries(
    value.flatMap((network) => {
      const name = at(network, 'network_name')
      // Do not convert other types to text: an external object may have an invalid toString.
      if (typeof name !== 'string') return []
      return [[name, { bw_in: at(network, 'in_bytes'), bw_out: at(network, 'out_bytes') }]]
    }),
  )
}

/** Replaces each versioned object by its `nova_object.data`. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (!isObject(value)) return value
  const data = at(value, 'nova_object.data')
  const fields = isObject(data) ? data : value
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, plain(field)]))
}

function withoutUndefined(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined))
}
