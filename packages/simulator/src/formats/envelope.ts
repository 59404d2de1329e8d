import type { JsonObject } from '../core/json.ts'

/** oslo.messaging's 2.0 envelope: the notification as a JSON string. */
export function envelope(notification: JsonObject): JsonObject {
  return { 'oslo.version': '2.0', 'oslo.message': JSON.stringify(notification) }
}
