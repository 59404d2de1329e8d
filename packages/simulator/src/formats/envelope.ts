import type { JsonObject } from '../core/json.ts'

/** Wraps a notification in oslo.messaging's 2.0 envelope, as a JSON string. */
export function envelope(notification: JsonObject): JsonObject {
  return { 'oslo.version': '2.0', 'oslo.message': JSON.stringify(notification) }
}
