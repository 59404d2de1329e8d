import type { Rules } from '../rules.ts'
import { parseInstant } from '../time/instant.ts'
import {
  firstText,
  imageTypeBits,
  isIndexable,
  MAX_LENGTH,
  splitPublisher,
  stateText,
  storable,
  text,
} from './columns.ts'
import { type Opened, openEnvelope } from './envelope.ts'
import { errorText } from './errorText.ts'
import { glanceFacts, instanceFacts } from './facts.ts'
import { instanceOf } from './instanceOf.ts'
import { at, canonicalJson, isObject, type JsonObject, parseJson } from './json.ts'
import { redact } from './redact.ts'
import { describeValue, type Rejection, rejected } from './rejection.ts'
import type { CommonColumns, NotificationRow, StateColumns } from './rows.ts'
import type { Service } from './service.ts'
import { serviceOfEvent } from './serviceOfEvent.ts'
import { classicEvent, classicPayload, isVersioned } from './versioned.ts'

/** A delivered RabbitMQ message with its body decoded as text. */
export interface Delivery {
  /** Null for an exchange of all services: event and publisher determine the service. */
  service: Service | null
  routingKey: string
  body: string
}

/** Hexadecimal SHA-256 of a text. */
export type Digest = (text: string) => string

export type NormalizeResult = { kind: 'stored'; row: NotificationRow } | Rejection

/**
 * Converts a message to a row (by StackTach's rules) or a rejection. Never throws because of a message's content. Does
 * not check whether the time is stored: see `outsideWindow`.
 */
export function normalize(delivery: Delivery, digest: Digest, rules: Rules = 'today'): NormalizeResult {
  const opened = openEnvelope(delivery.body)
  if (opened.kind === 'rejected') return opened
  const { notification } = opened
  const eventType = text(notification.event_type)
  if (!eventType) return rejected('no event_type', `event_type is ${describeValue(notification.event_type)}`)
  // Middleware and wrongly configured services publish without one.
  const publisherId = text(notification.publisher_id) ?? ''
  const when = parseInstant(notification.timestamp) ?? parseInstant(notification._context_timestamp)
  if (when === null) {
    return rejected(
      'no time',
      `neither timestamp (${describeValue(notification.timestamp)}) nor _context_timestamp (${describeValue(notification._context_timestamp)}) is a time`,
    )
  }

  const service = delivery.service ?? (isVersioned(notification) ? 'nova' : serviceOfEvent(eventType, publisherId))
  const versioned = service === 'nova' && isVersioned(notification)
  const event = versioned ? classicEvent(eventType) : eventType
  const payload = versioned
    ? classicPayload(eventType, notification.payload)
    : isObject(notification.payload)
      ? notification.payload
      : null
  const redacted = redact(opened.text)
  const common: CommonColumns = {
    when,
    event,
    ...splitPublisher(publisherId, versioned),
    ...identity(opened, digest),
    routingKey: storable(delivery.routingKey),
    requestId: text(notification._context_request_id) ?? '',
    imageType: imageTypeBits(payload),
    json: `[${JSON.stringify(delivery.routingKey)}, ${redacted}]`,
  }
  const error = service === 'nova' && isError(common) ? errorOf(eventType, redacted, versioned) : null
  const row = serviceRow(service, common, { notification, payload, versioned, rules, error })
  return tooLong(row) ?? { kind: 'stored', row }
}

interface Content {
  notification: JsonObject
  /** In the classic format; null if it is not an object. */
  payload: JsonObject | null
  versioned: boolean
  rules: Rules
  /** Text of an error notification, else null. */
  error: string | null
}

/** Whether a notification reports an error: by its priority, which is the last part of the routing key, or its event. */
function isError({ routingKey, event }: Pick<CommonColumns, 'routingKey' | 'event'>): boolean {
  return /(?:^|\.)error$/.test(routingKey) || event.endsWith('.error')
}

/** The text of an error, read from the redacted notification: an exception can contain a secret. */
function errorOf(eventType: string, redacted: string, versioned: boolean): string {
  const payload = at(parseJson(redacted), 'payload')
  return errorText(versioned ? classicPayload(eventType, payload) : isObject(payload) ? payload : {})
}

function serviceRow(service: Service, common: CommonColumns, content: Content): NotificationRow {
  const { notification, payload, versioned, error } = content
  switch (service) {
    case 'nova':
      return {
        table: 'nova',
        ...common,
        ...states(content),
        versioned,
        userId: firstText(notification._context_user_id),
        osArchitecture: imageMeta(payload, 'org.openstack__1__architecture'),
        osDistro: imageMeta(payload, 'org.openstack__1__os_distro'),
        osVersion: imageMeta(payload, 'org.openstack__1__os_version'),
        raxOptions: imageMeta(payload, 'com.rackspace__1__options'),
        facts: instanceFacts(common.event, payload, error),
      }
    case 'glance':
      return {
        table: 'glance',
        ...common,
        owner: firstText(at(payload, 'owner')),
        instance: firstText(at(payload, 'properties', 'instance_uuid')),
        uuid: firstText(at(payload, 'id')),
        status: text(at(payload, 'status')),
        facts: glanceFacts(common.event, payload),
      }
    case 'generic':
      return { table: 'generic', ...common, ...states(content) }
  }
}

function states({ notification, payload, rules }: Content): StateColumns {
  return {
    tenant: firstText(at(payload, 'tenant_id'), notification._context_project_id),
    instance: instanceOf(payload, rules),
    state: stateText(payload, 'state'),
    oldState: stateText(payload, 'old_state'),
    task: stateText(payload, 'new_task_state'),
    oldTask: stateText(payload, 'old_task_state'),
  }
}

function imageMeta(payload: JsonObject | null, key: string): string {
  return firstText(at(payload, 'image_meta', key)) ?? ''
}

function identity({ notification }: Opened, digest: Digest): Pick<CommonColumns, 'messageId' | 'dedupKey'> {
  const messageId = firstText(text(notification.message_id))
  return { messageId, dedupKey: messageId ?? `sha256:${digest(canonicalJson(notification))}` }
}

function tooLong(row: NotificationRow): Rejection | null {
  for (const [column, value] of Object.entries(row)) {
    if (column !== 'json' && typeof value === 'string' && !isIndexable(value)) {
      return rejected('value too long', `${column} has ${value.length} characters, more than ${MAX_LENGTH} bytes`)
    }
  }
  return null
}
