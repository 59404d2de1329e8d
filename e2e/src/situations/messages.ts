import { createHash } from 'node:crypto'
import { formatInstant, HOUR, MINUTE, parseInstant, SECOND } from '@stacktach/domain'

/** A line for `stacktach import`. */
export interface Line {
  deployment: string
  exchange: string
  routing_key: string
  body: { 'oslo.version': '2.0'; 'oslo.message': string }
}

/** The day of all situations. */
const MIDNIGHT = parseInstant('2026-11-22 00:00:00') ?? 0

/** The tenant of all servers that have no other. */
export const TENANT = '5f0c1d7a9e3b4c52a6d8f1e20b7c4a93'

/** A time of the day as nova writes it. `24:00` is the start of the next day, `-18:00` is 6:00 of the day before. */
export function at(time: string): string {
  const [hours = '0', minutes = '0', seconds = '0'] = time.split(':')
  return formatInstant(
    MIDNIGHT + Number(hours) * HOUR + Number(minutes) * MINUTE + Math.round(Number(seconds) * SECOND),
  )
}

/** A UUID that follows from a text. */
export function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex')
  return [hex.slice(0, 8), hex.slice(8, 12), `5${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    '-',
  )
}

interface Notification {
  event: string
  time: string
  /** Distinguishes the notifications of one event and time. */
  key?: string
  publisher?: string | undefined
  request?: string
  /** Whether a user made the request. */
  user?: boolean
  priority?: 'info' | 'error'
  topic?: string
  payload: unknown
}

/** A notification in oslo.messaging's envelope. */
export function notification(deployment: string, exchange: string, content: Notification): Line {
  const { event, time, key = '', request, user = false, priority = 'info', topic = 'notifications', payload } = content
  const inner = {
    message_id: uuidOf([deployment, exchange, event, time, key].join()),
    publisher_id: 'publisher' in content ? content.publisher : 'compute.compute-1',
    event_type: event,
    priority: priority.toUpperCase(),
    payload,
    timestamp: at(time),
    ...(request !== undefined && { _context_request_id: request }),
    ...(user && { _context_user_id: '9b1f6f0e2d8a4c7fb3e5a1d2c4f60718', _context_project_id: TENANT }),
  }
  return {
    deployment,
    exchange,
    routing_key: `${topic}.${priority}`,
    body: { 'oslo.version': '2.0', 'oslo.message': JSON.stringify(inner) },
  }
}

interface Flavor {
  instance_type_id: number
  instance_flavor_id: string
  instance_type: string
  memory_mb: number
}

export const SMALL: Flavor = {
  instance_type_id: 5,
  instance_flavor_id: '2',
  instance_type: 'm1.small',
  memory_mb: 2048,
}
export const LARGE: Flavor = {
  instance_type_id: 7,
  instance_flavor_id: '4',
  instance_type: 'm1.large',
  memory_mb: 8192,
}

/** The classic payload fields that an event changes. Times are times of the day. */
interface Change {
  launched?: string | null
  deleted?: string | null
  terminated?: string | null
  flavor?: Flavor
  tenant?: string
  [field: string]: unknown
}

const stamp = (time: string | null | undefined) => (time ? at(time).replace(' ', 'T') : '')

/** An operation has one request for all its events, and each audit has its own. */
function requestOf(event: string, time: string): string {
  return event === 'exists' ? `audit at ${time}` : (event.split(/[._]/)[0] ?? '')
}

/** Builds the notifications of one instance. */
export class Server {
  readonly uuid: string
  readonly deployment: string
  readonly defaults: Change

  /** @param name unique in the deployment */
  constructor(deployment: string, name = 'server', defaults: Change = {}) {
    this.deployment = deployment
    this.uuid = uuidOf(`${deployment} ${name}`)
    this.defaults = { flavor: SMALL, tenant: TENANT, ...defaults }
  }

  /** Id of a request for this instance. */
  request(name: string): string {
    return `req-${uuidOf(`${this.uuid} ${name}`)}`
  }

  /**
   * A classic `compute.instance.` notification.
   *
   * @param request name of its request, by default that of the operation
   */
  classic(event: string, time: string, change: Change = {}, request = requestOf(event, time)): Line {
    const { launched, deleted, terminated, flavor, tenant, ...fields } = { ...this.defaults, ...change }
    return notification(this.deployment, 'nova', {
      event: `compute.instance.${event}`,
      time,
      key: this.uuid,
      request: this.request(request),
      user: event !== 'exists',
      payload: {
        instance_id: this.uuid,
        tenant_id: tenant,
        ...flavor,
        launched_at: stamp(launched),
        deleted_at: stamp(deleted),
        terminated_at: stamp(terminated),
        ...fields,
      },
    })
  }

  /** A versioned notification: `event` is its versioned name without `instance.`. */
  versioned(event: string, time: string, change: Change = {}, request = requestOf(event, time)): Line {
    const { launched, deleted, terminated, flavor, tenant, period, ...fields } = { ...this.defaults, ...change }
    const [beginning, ending] = Array.isArray(period) ? period : []
    const object = (name: string, data: object) => ({
      'nova_object.name': name,
      'nova_object.namespace': 'nova',
      'nova_object.version': '1.0',
      'nova_object.data': data,
    })
    const zulu = (value: string | null | undefined) =>
      value ? `${at(value).replace(' ', 'T').replace(/\..*/, '')}Z` : null
    return notification(this.deployment, 'nova', {
      event: `instance.${event}`,
      time,
      key: this.uuid,
      publisher: 'nova-compute:compute-1',
      topic: 'versioned_notifications',
      request: this.request(request),
      user: event !== 'exists',
      payload: object('InstancePayload', {
        uuid: this.uuid,
        tenant_id: tenant,
        launched_at: zulu(launched),
        deleted_at: zulu(deleted),
        terminated_at: zulu(terminated),
        flavor: object('FlavorPayload', {
          flavorid: flavor?.instance_flavor_id,
          name: flavor?.instance_type,
          memory_mb: flavor?.memory_mb,
        }),
        ...(beginning !== undefined && {
          audit_period: object('AuditPeriodPayload', {
            audit_period_beginning: zulu(beginning),
            audit_period_ending: zulu(ending),
          }),
        }),
        ...fields,
      }),
    })
  }

  /** A create; `launched` is the exact launch time. */
  create(start: string, launched: string, end: string, change: Change = {}): Line[] {
    return [
      this.classic('create.start', start, { ...change, launched: null }),
      this.classic('create.end', end, { message: 'Success', launched, ...change }),
    ]
  }

  /** An exists of an audit period, sent at `time`. `launched` and `deleted` are as nova's database has them. */
  exists(from: string, to: string, time: string, change: Change): Line {
    return this.classic('exists', time, { audit_period_beginning: at(from), audit_period_ending: at(to), ...change })
  }

  /** A versioned exists. */
  versionedExists(from: string, to: string, time: string, change: Change): Line {
    return this.versioned('exists', time, { period: [from, to], ...change })
  }
}
