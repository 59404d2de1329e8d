import type { Json, JsonObject } from '../core/json.ts'
import type { SimulatedMessage } from '../index.ts'

/** A message as a reader of either format takes it; times in microseconds. */
export type Told = {
  readonly messageId: string
  readonly routingKey: string
  readonly versioned: boolean
  /** The classic name. */
  readonly event: string
  readonly when: number
  readonly request: string
  /** The empty string when it shows none. */
  readonly instance: string
  readonly tenant: Json
  readonly flavor: Json
  /** What `image_meta` says of the system, in one text. */
  readonly system: string
  readonly launchedAt: number | null
  readonly terminatedAt: number | null
  readonly deletedAt: number | null
  readonly auditEnding: number | null
  readonly state: Json
  /** Undefined in all but an update. */
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

const renamed: Readonly<Record<string, string>> = {
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
  // The classic one does not call it an error.
  if (event === 'compute_task.build_instances.error') return 'compute_task.build_instances'
  const [first, name = '', ...rest] = event.split('.')
  return first === 'instance' ? ['compute.instance', renamed[name] ?? name, ...rest].join('.') : event
}

const systemKeys = ['1__architecture', '1__os_distro', '1__os_version'].map((key) => `org.openstack__${key}`)

/** Unpacks a nova or glance message. */
export function told({ body, event, when, messageId, routingKey }: SimulatedMessage): Told {
  const inner = body['oslo.message']
  const notification = inner === undefined ? body : object(JSON.parse(text(inner)))
  const payload = object(notification.payload)
  const versioned = payload['nova_object.data'] !== undefined
  const shown = versioned ? data(payload) : payload
  const meta = object(shown.image_meta)
  return {
    messageId,
    routingKey,
    versioned,
    event: versioned ? classicName(event) : event,
    when,
    request: text(notification._context_request_id),
    instance: text(versioned ? (shown.uuid ?? shown.instance_uuid) : shown.instance_id),
    tenant: shown.tenant_id ?? null,
    flavor: (versioned ? data(shown.flavor).flavorid : shown.instance_flavor_id) ?? null,
    system: ['com.rackspace__1__options', ...systemKeys].map((key) => text(meta[key])).join('|'),
    launchedAt: time(shown.launched_at),
    terminatedAt: time(shown.terminated_at),
    deletedAt: time(shown.deleted_at),
    auditEnding: time(versioned ? data(shown.audit_period).audit_period_ending : shown.audit_period_ending),
    state: shown.state ?? null,
    oldState: versioned ? data(shown.state_update).old_state : shown.old_state,
    code: shown.code ?? null,
    payload,
  }
}
