import { DAY, formatInstant, type Instant, parseInstant } from '../time/instant.ts'
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
import { type Delivery, type Digest, type Rejection, rejected, type StorageWindow } from './delivery.ts'
import { type Opened, openEnvelope } from './envelope.ts'
import { glanceFacts, instanceFacts } from './facts.ts'
import { at, canonicalJson, isObject, type JsonObject } from './json.ts'
import { redact } from './redact.ts'
import type { CommonColumns, NotificationRow, StateColumns } from './rows.ts'
import { classicEvent, classicPayload, isVersioned } from './versioned.ts'

/** 2010, before the first nova release: older times come from an unset clock. */
export const EARLIEST: Instant = 1_262_304_000_000_000

/** How far ahead a host's clock may be. */
export const AHEAD = 2 * DAY

export type NormalizeResult = { kind: 'stored'; row: NotificationRow } | Rejection

/**
 * Converts a message to its columns (by StackTach's rules) or a rejection. Never throws because of a message's
 * content. `outsideWindow` checks separately whether its time may be stored.
 */
export function normalize(delivery: Delivery, digest: Digest): NormalizeResult {
  const opened = openEnvelope(delivery.body)
  if (opened.kind === 'rejected') return opened
  const { notification } = opened
  const eventType = text(notification.event_type)
  if (!eventType) return rejected('no event_type', missing('event_type', notification.event_type))
  const publisherId = text(notification.publisher_id)
  if (!publisherId) return rejected('no publisher_id', missing('publisher_id', notification.publisher_id))
  const when = parseInstant(notification.timestamp) ?? parseInstant(notification._context_timestamp)
  if (when === null) {
    return rejected(
      'no time',
      `neither timestamp (${shown(notification.timestamp)}) nor _context_timestamp (${shown(notification._context_timestamp)}) is a time`,
    )
  }

  const versioned = delivery.service === 'nova' && isVersioned(notification)
  const event = versioned ? classicEvent(eventType) : eventType
  const payload = versioned
    ? classicPayload(eventType, notification.payload)
    : isObject(notification.payload)
      ? notification.payload
      : null
  const common: CommonColumns = {
    when,
    event,
    ...splitPublisher(publisherId, versioned),
    ...identity(opened, digest),
    routingKey: storable(delivery.routingKey),
    requestId: text(notification._context_request_id) ?? '',
    imageType: imageTypeBits(payload),
    json: `[${JSON.stringify(delivery.routingKey)}, ${redact(opened.text)}]`,
  }
  const row = serviceRow(delivery, common, notification, payload, versioned)
  return tooLong(row) ?? { kind: 'stored', row }
}

function serviceRow(
  delivery: Delivery,
  common: CommonColumns,
  notification: JsonObject,
  payload: JsonObject | null,
  versioned: boolean,
): NotificationRow {
  switch (delivery.service) {
    case 'nova':
      return {
        table: 'nova',
        ...common,
        ...states(notification, payload),
        versioned,
        userId: firstText(notification._context_user_id),
        osArchitecture: imageMeta(payload, 'org.openstack__1__architecture'),
        osDistro: imageMeta(payload, 'org.openstack__1__os_distro'),
        osVersion: imageMeta(payload, 'org.openstack__1__os_version'),
        raxOptions: imageMeta(payload, 'com.rackspace__1__options'),
        facts: instanceFacts(common.event, payload),
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
      return { table: 'generic', ...common, ...states(notification, payload) }
  }
}

function states(notification: JsonObject, payload: JsonObject | null): StateColumns {
  return {
    tenant: firstText(at(payload, 'tenant_id'), notification._context_project_id),
    instance: firstText(
      at(payload, 'instance_uuid'),
      at(payload, 'instance_id'),
      at(payload, 'exception', 'kwargs', 'uuid'),
      at(payload, 'instance', 'uuid'),
    ),
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

/** The rejection of a notification time outside the storage window, null if it is inside. */
export function outsideWindow(when: Instant, { horizon, latest }: StorageWindow): Rejection | null {
  if (when < EARLIEST || when > latest) {
    return rejected(
      'time out of range',
      `${formatInstant(when)} is not between ${formatInstant(EARLIEST)} and ${formatInstant(latest)}`,
    )
  }
  return when < horizon
    ? rejected(
        'too old',
        `${formatInstant(when)} is before ${formatInstant(horizon)}, from which on notifications are kept`,
      )
    : null
}

function tooLong(row: NotificationRow): Rejection | null {
  for (const [column, value] of Object.entries(row)) {
    if (column !== 'json' && typeof value === 'string' && !isIndexable(value)) {
      return rejected('value too long', `${column} has ${value.length} characters, more than ${MAX_LENGTH} bytes`)
    }
  }
  return null
}

function missing(name: string, value: unknown): string {
  return `${name} is ${shown(value)}`
}

/** A short form of an invalid value; objects and lists are not shown because they may contain secrets. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object'
  return value === '' ? 'empty' : storable(String(value).slice(0, 60))
}
