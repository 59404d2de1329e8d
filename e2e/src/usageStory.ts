import { formatInstant, type Instant, SECOND } from '@stacktach/domain'

/** 2026-11-22 00:00:00, when every story begins. */
const MIDNIGHT: Instant = 1_795_305_600 * SECOND
const DAY = 86_400

/** What is published. */
export interface Message {
  exchange: string
  routing_key: string
  body: Buffer
}

/** So many seconds into the story, as nova writes it. */
export function at(seconds: number): string {
  return formatInstant(MIDNIGHT + Math.round(seconds * SECOND))
}

/** A classic notification of an instance, so many seconds into the story. */
export function notice(instance: string, event: string, seconds: number, payload: object = {}): Message {
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

/** Launched ten seconds into the story. */
export const create = (instance: string, payload: object = {}): Message =>
  notice(instance, 'create.end', 11, { launched_at: at(10.25), message: 'Success', ...payload })

/** Deleted after so many seconds. */
export const deleted = (instance: string, seconds: number): Message =>
  notice(instance, 'delete.end', seconds + 1, {
    launched_at: at(10.25),
    terminated_at: at(seconds),
    deleted_at: at(seconds + 0.5),
  })

/** The exists of the story's first day. */
export const exists = (instance: string, payload: object = {}): Message =>
  notice(instance, 'exists', DAY + 60, {
    launched_at: at(10.25),
    audit_period_beginning: at(0),
    audit_period_ending: at(DAY),
    ...payload,
  })
