import { contextKeys } from '../formats/context.ts'
import { envelope } from '../formats/envelope.ts'
import type { JsonObject } from '../core/json.ts'
import type { Notification, Rendering } from '../notifications/notification.ts'
import type { Format } from '../core/options.ts'
import type { Random } from '../core/random.ts'
import { type Micros, spacedMicros } from '../core/time.ts'

/** A message as it is published. */
export type SimulatedMessage = {
  readonly deployment: string
  readonly exchange: 'nova' | 'glance'
  readonly routingKey: string
  /** The notification's own timestamp, microseconds of unix time. */
  readonly when: Micros
  readonly body: JsonObject
  /** The event type in the body, and the message id, for whoever does not want to unpack it. */
  readonly event: string
  readonly messageId: string
}

/** One of a notice's forms, ready to go. */
export type Draft = {
  readonly notification: JsonObject
  readonly event: string
  readonly form: 'classic' | 'versioned'
  readonly messageId: string
  readonly when: Micros
}

function publisherId(form: Draft['form'], rendering: Rendering): string {
  const { service, host } = rendering.publisher
  return form === 'classic' ? `${service}.${host}` : `nova-${service}:${host}`
}

/** The notification of one form, sent at `when`. */
export function draft(notice: Notification, form: Draft['form'], rendering: Rendering, when: Micros, random: Random): Draft {
  const messageId = random.uuid()
  // The context's time is taken when the notification is made, a moment before it is sent.
  const made = when - random.int(28, 140)
  const notification = {
    message_id: messageId,
    publisher_id: publisherId(form, rendering),
    event_type: rendering.event,
    priority: notice.priority,
    payload: rendering.payload(),
    timestamp: spacedMicros(when),
    _unique_id: random.hex(4),
    ...(notice.request === null ? {} : contextKeys(notice.request, notice.elevated, made)),
  }
  return { notification, event: rendering.event, form, messageId, when }
}

/** The draft as a message on its topic. */
export function message(
  notice: Notification,
  { notification, event, form, messageId, when }: Draft,
  topic: string | null,
  format: Format,
): SimulatedMessage {
  const own = form === 'classic' ? 'notifications' : 'versioned_notifications'
  return {
    deployment: notice.deployment.name,
    exchange: notice.exchange,
    routingKey: `${topic ?? own}.${notice.priority.toLowerCase()}`,
    when,
    body: format === 'classic' ? notification : envelope(notification),
    event,
    messageId,
  }
}
