import type { JsonObject } from '../core/json.ts'
import type { Settings } from '../core/options.ts'
import type { Random } from '../core/random.ts'
import { type Micros, spacedMicros } from '../core/time.ts'
import { contextKeys } from '../formats/context.ts'
import { envelope } from '../formats/envelope.ts'
import type { Form, Notification, Rendering } from '../notifications/notification.ts'

/** A message to be published. */
export type SimulatedMessage = {
  readonly deployment: string
  /** The service that sends it. */
  readonly service: 'nova' | 'glance'
  /** The service's own exchange, or the control exchange. */
  readonly exchange: string
  readonly routingKey: string
  /** The notification's timestamp, microseconds of unix time. */
  readonly when: Micros
  readonly body: JsonObject
  /** The event type in the body. */
  readonly event: string
  /** The message id in the body. */
  readonly messageId: string
}

/** A notification rendered in one form, before it is sent. */
export type Draft = {
  readonly body: JsonObject
  readonly eventType: string
  readonly form: Form
  readonly messageId: string
  readonly when: Micros
}

function publisherId(form: Form, { publisher: { service, host } }: Rendering): string {
  return form === 'classic' ? `${service}.${host}` : `nova-${service}:${host}`
}

/** Renders a notification in one form, to be sent at `when`. */
export function createDraft(
  notification: Notification,
  form: Form,
  rendering: Rendering,
  when: Micros,
  random: Random,
): Draft {
  const messageId = random.uuid()
  // The context is created a moment before the notification is sent.
  const contextTime = when - random.int(28, 140)
  const body = {
    message_id: messageId,
    publisher_id: publisherId(form, rendering),
    event_type: rendering.eventType,
    priority: notification.priority,
    payload: rendering.payload(),
    timestamp: spacedMicros(when),
    _unique_id: random.hex(4),
    ...(notification.request === null ? {} : contextKeys(notification.request, notification.elevated, contextTime)),
  }
  return { body, eventType: rendering.eventType, form, messageId, when }
}

/** Converts a draft to a message. @param topic null: the usual topic of the draft's form */
export function toMessage(
  notification: Notification,
  { body, eventType, form, messageId, when }: Draft,
  topic: string | null,
  { format, controlExchange }: Pick<Settings, 'format' | 'controlExchange'>,
): SimulatedMessage {
  const usualTopic = form === 'classic' ? 'notifications' : 'versioned_notifications'
  return {
    deployment: notification.deployment.name,
    service: notification.exchange,
    exchange: controlExchange ?? notification.exchange,
    routingKey: `${topic ?? usualTopic}.${notification.priority.toLowerCase()}`,
    when,
    body: format === 'classic' ? body : envelope(body),
    event: eventType,
    messageId,
  }
}
