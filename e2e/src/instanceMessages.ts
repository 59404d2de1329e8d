import { formatInstant, type Instant, SECOND } from '@stacktach/domain'

/** 2026-11-22 00:00:00, the start of the audit period. */
const MIDNIGHT: Instant = 1_795_305_600 * SECOND
const DAY_SECONDS = 86_400

/** A message to publish. */
export interface Message {
  exchange: string
  routing_key: string
  body: Buffer
}

/** A number of seconds since the start of the day as a timestamp of nova. */
export function at(seconds: number): string {
  return formatInstant(MIDNIGHT + Math.round(seconds * SECOND))
}

/** A classic notification of an instance, at a number of seconds since the start of the day. */
export function instanceMessage(instance: string, event: string, seconds: number, payload: object = {}): Message {
  const notification = {
    event_type: `compute.instance.${event}`,
    publisher_id: 'compute.host-1',
    message_id: `${instance} ${event} ${seconds}`,
    timestamp: at(seconds),
    _context_request_id: `req-${event.split('.')[0]}`,
    payload: { instance_id: instance, tenant_id: 'cafe', instance_flavor_id: 'm1', ...payload },
  }
  return { exchange: 'nova', routing_key: 'notifications.info', body: Buffer.from(JSON.stringify(notification)) }
}

/** The end of a create, launched 10.25 seconds after the start of the day. */
export const createEnd = (instance: string, payload: object = {}): Message =>
  instanceMessage(instance, 'create.end', 11, { launched_at: at(10.25), message: 'Success', ...payload })

/** The end of a delete, at a number of seconds since the start of the day. */
export const deleteEnd = (instance: string, seconds: number): Message =>
  instanceMessage(instance, 'delete.end', seconds + 1, {
    launched_at: at(10.25),
    terminated_at: at(seconds),
    deleted_at: at(seconds + 0.5),
  })

/** The exists of the day. */
export const exists = (instance: string, payload: object = {}): Message =>
  instanceMessage(instance, 'exists', DAY_SECONDS + 60, {
    launched_at: at(10.25),
    audit_period_beginning: at(0),
    audit_period_ending: at(DAY_SECONDS),
    ...payload,
  })
