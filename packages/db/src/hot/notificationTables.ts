import type { GenericRow, GlanceRow, NotificationRow, NovaRow, Service } from '@stacktach/domain'
import { textArray } from './textArray.ts'

/** A column's type, and its values of some rows as one parameter. */
type Column = { type: string; array(rows: readonly never[]): unknown }

function column<Row>(type: string, value: (row: Row) => unknown) {
  return { type, array: (rows: readonly Row[]): unknown => rows.map(value) }
}

/** Most of a row's bytes, and full of quotes. */
function jsonColumn<Row>(value: (row: Row) => string | null) {
  return { type: 'json', array: (rows: readonly Row[]): unknown => textArray(rows.map(value)) }
}

const common = {
  when: column<NotificationRow>('bigint', (row) => row.when),
  dedup_key: column<NotificationRow>('text', (row) => row.dedupKey),
  routing_key: column<NotificationRow>('text', (row) => row.routingKey),
  publisher: column<NotificationRow>('text', (row) => row.publisher),
  service: column<NotificationRow>('text', (row) => row.service),
  host: column<NotificationRow>('text', (row) => row.host),
  event: column<NotificationRow>('text', (row) => row.event),
  message_id: column<NotificationRow>('text', (row) => row.messageId),
  request_id: column<NotificationRow>('text', (row) => row.requestId),
  image_type: column<NotificationRow>('int', (row) => row.imageType),
  json: jsonColumn<NotificationRow>((row) => row.json),
}

const states = {
  tenant: column<NovaRow | GenericRow>('text', (row) => row.tenant),
  instance: column<NovaRow | GenericRow>('text', (row) => row.instance),
  state: column<NovaRow | GenericRow>('text', (row) => row.state),
  old_state: column<NovaRow | GenericRow>('text', (row) => row.oldState),
  task: column<NovaRow | GenericRow>('text', (row) => row.task),
  old_task: column<NovaRow | GenericRow>('text', (row) => row.oldTask),
}

const facts = jsonColumn<NovaRow | GlanceRow>((row) => (row.facts === null ? null : JSON.stringify(row.facts)))

/** Of each service's table: the columns that a row brings, with their types. */
export const notificationTables = {
  nova: {
    ...common,
    ...states,
    facts,
    versioned: column<NovaRow>('boolean', (row) => row.versioned),
    user_id: column<NovaRow>('text', (row) => row.userId),
    os_architecture: column<NovaRow>('text', (row) => row.osArchitecture),
    os_distro: column<NovaRow>('text', (row) => row.osDistro),
    os_version: column<NovaRow>('text', (row) => row.osVersion),
    rax_options: column<NovaRow>('text', (row) => row.raxOptions),
  },
  glance: {
    ...common,
    facts,
    owner: column<GlanceRow>('text', (row) => row.owner),
    instance: column<GlanceRow>('text', (row) => row.instance),
    uuid: column<GlanceRow>('text', (row) => row.uuid),
    status: column<GlanceRow>('text', (row) => row.status),
  },
  generic: { ...common, ...states },
} satisfies Record<Service, Record<string, Column>>
