import type { Json, JsonObject } from '../core/json.ts'
import type { SimulatedMessage } from '../output/message.ts'

/** The fields of a message in a common form for all formats; times in microseconds. */
export type ReadMessage = {
  readonly messageId: string
  readonly routingKey: string
  readonly versioned: boolean
  /** The classic event type. */
  readonly event: string
  readonly when: number
  readonly request: string
  /** The empty string if it has none. */
  readonly instance: string
  readonly tenant: Json
  readonly flavor: Json
  /** The system properties of `image_meta`, joined. */
  readonly system: string
  readonly launchedAt: number | null
  readonly terminatedAt: number | null
  readonly deletedAt: number | null
  readonly auditEnding: number | null
  readonly state: Json
  /** Undefined except in an update. */
  readonly oldState: Json | undefined
  readonly code: Json
  readonly payload: Json
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const object = (value: Json | undefined): JsonObject => (isObject(value) ? value : {})

const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '')
const data = (value: Json | undefined): JsonObject => object(object(value)['nova_object.data'])

function time(value: Json | undefined): number | null {
  const [, whole, digits] = /^(\d{4}-\d\d-\d\d.\d\d:\d\d:\d\d)(?:\.(\d{6}))?/.exec(text(value)) ?? []
  return whole === undefined ? null : Date.parse(`${whole.replace(' ', 'T')}Z`) * 1000 + Number(digits ?? 0)
}

const classicNames: Readonly<Record<string, string>> = {
  resize_finish: 'finish_resize',
  resize_prep: 'resize.prep',
  resize_confirm: 'resize.confirm',
  resize_revert: 'resize.revert',
  rebuild_scheduled: 'rebuild.scheduled',
  live_migration_pre: 'live_migration.pre',
  live_migration_post: 'live_migration._post',
  live_migration_post_dest: 'live_migration.post.dest',
}

function classicName(event: string): string {
  // The classic event type has no suffix `.error`.
  if (event === 'compute_task.build_instances.error') return 'compute_task.build_instances'
  const [first, name = '', ...rest] = event.split('.')
  return first === 'instance' ? ['compute.instance', classicNames[name] ?? name, ...rest].join('.') : event
}

const systemKeys = ['1__architecture', '1__os_distro', '1__os_version'].map((key) => `org.openstack__${key}`)

/** Reads a nova or glance message. */
export function readMessage({ body, event, when, messageId, routingKey }: SimulatedMessage): ReadMessage {
  const inner = body['oslo.message']
  const notification = inner === undefined ? body : object(JSON.parse(text(inner)))
  const payload = object(notification.payload)
  const versioned = payload['nova_object.data'] !== undefined
  const failedCall = object(object(payload.args).instance)
  const fields = versioned ? data(payload) : payload
  const meta = object(fields.image_meta)
  return {
    messageId,
    routingKey,
    versioned,
    event: versioned ? classicName(event) : event,
    when,
    request: text(notification._context_request_id),
    instance: text(versioned ? (fields.uuid ?? fields.instance_uuid) : (fields.instance_id ?? failedCall.uuid)),
    tenant: fields.tenant_id ?? null,
    flavor: (versioned ? data(fields.flavor).flavorid : fields.instance_flavor_id) ?? null,
    system: ['com.rackspace__1__options', ...systemKeys].map((key) => text(meta[key])).join('|'),
    launchedAt: time(fields.launched_at),
    terminatedAt: time(fields.terminated_at),
    deletedAt: time(fields.deleted_at),
    auditEnding: time(versioned ? data(fields.audit_period).audit_period_ending : fields.audit_period_ending),
    state: fields.state ?? null,
    oldState: versioned ? data(fields.state_update).old_state : fields.old_state,
    code: fields.code ?? null,
    payload,
  }
}
