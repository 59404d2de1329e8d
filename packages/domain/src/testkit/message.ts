import { type Delivery, type NormalizeResult, normalize } from '../notifications/normalize.ts'
import type { GlanceRow, NovaRow } from '../notifications/rows.ts'
import type { Service } from '../notifications/service.ts'
import { EARLIEST, outsideWindow, type StorageWindow } from '../notifications/storageWindow.ts'
import { DAY, type Instant, SECOND } from '../time/instant.ts'

/** 2026-11-23 20:05:38. */
export const EVENING: Instant = 1_795_464_338 * SECOND

/** From 2010 through two days after the evening. */
export const context: StorageWindow = {
  from: EARLIEST,
  until: EVENING + 2 * DAY + 1,
}

/** A classic notification of that evening; a field that is undefined is omitted from its JSON. */
export function classic(fields: object = {}): object {
  return {
    message_id: 'message',
    event_type: 'compute.instance.update',
    publisher_id: 'compute.host-1',
    timestamp: '2026-11-23 20:05:38',
    payload: {},
    ...fields,
  }
}

/** A versioned notification of that evening with this data. */
export function versioned(eventType: string, data: object, fields: object = {}): object {
  return classic({
    event_type: eventType,
    publisher_id: 'nova-compute:host-1',
    payload: object('Payload', data),
    ...fields,
  })
}

/** An object of the versioned format. */
export function object(name: string, data: object): object {
  return {
    'nova_object.name': name,
    'nova_object.namespace': 'nova',
    'nova_object.version': '1.0',
    'nova_object.data': data,
  }
}

/** A notification in oslo.messaging's envelope. */
export function enveloped(notification: object): object {
  return { 'oslo.version': '2.0', 'oslo.message': JSON.stringify(notification) }
}

export function delivery(body: object | string, service: Service = 'nova'): Delivery {
  return { service, routingKey: 'notifications.info', body: typeof body === 'string' ? body : JSON.stringify(body) }
}

/** The row of a message, or its rejection. The digest of a text is the text itself. */
export function read(body: object | string, service: Service = 'nova', window = context): NormalizeResult {
  const result = normalize(delivery(body, service), (text) => text)
  return (result.kind === 'stored' ? outsideWindow(result.row.when, window) : null) ?? result
}

/**
 * The row of a message of nova.
 *
 * @throws Error when the message is rejected
 */
export function novaRow(body: object | string): NovaRow {
  const result = read(body)
  if (result.kind === 'rejected' || result.row.table !== 'nova') throw new Error(JSON.stringify(result))
  return result.row
}

/**
 * The row of a message of glance.
 *
 * @throws Error when the message is rejected
 */
export function glanceRow(body: object | string): GlanceRow {
  const result = read(body, 'glance')
  if (result.kind === 'rejected' || result.row.table !== 'glance') throw new Error(JSON.stringify(result))
  return result.row
}
