import type { GenericRow, GlanceRow, NotificationRow, NovaRow, Service } from '@stacktach/domain'
import { textArray } from './textArray.ts'

/** A column's type, and a function that returns its values as one array parameter. */
type Column = { type: string; array(rows: readonly never[]): unknown }

function column<Row>(type: string, value: (row: Row) => unknown) {
  return { type, array: (rows: readonly Row[]): unknown => rows.map(value) }
}

function textColumn<Row>(value: (row: Row) => string | null, type = 'text') {
  return { type, array: (rows: readonly Row[]): unknown => textArray(rows.map(value)) }
}

/** The JSON columns are most of a row's bytes. */
function jsonColumn<Row>(value: (row: Row) => string | null) {
  return textColumn(value, 'json')
}

const common = {
  when: column<NotificationRow>('bigint', (row) => row.when),
  dedup_key: textColumn<NotificationRow>((row) => row.dedupKey),
  routing_key: textColumn<NotificationRow>((row) => row.routingKey),
  publisher: textColumn<NotificationRow>((row) => row.publisher),
  service: textColumn<NotificationRow>((row) => row.service),
  host: textColumn<NotificationRow>((row) => row.host),
  event: textColumn<NotificationRow>((row) => row.event),
  message_id: textColumn<NotificationRow>((row) => row.messageId),
  request_id: textColumn<NotificationRow>((row) => row.requestId),
  image_type: column<NotificationRow>('int', (row) => row.imageType),
  json: jsonColumn<NotificationRow>((row) => row.json),
}

const states = {
  tenant: textColumn<NovaRow | GenericRow>((row) => row.tenant),
  instance: textColumn<NovaRow | GenericRow>((row) => row.instance),
  state: textColumn<NovaRow | GenericRow>((row) => row.state),
  old_state: textColumn<NovaRow | GenericRow>((row) => row.oldState),
  task: textColumn<NovaRow | GenericRow>((row) => row.task),
  old_task: textColumn<NovaRow | GenericRow>((row) => row.oldTask),
}

const facts = jsonColumn<NovaRow | GlanceRow>((row) => (row.facts === null ? null : JSON.stringify(row.facts)))

/** The columns of each service's table that are written from a row. */
export const notificationTables = {
  nova: {
    ...common,
    ...states,
    facts,
    versioned: column<NovaRow>('boolean', (row) => row.versioned),
    user_id: textColumn<NovaRow>((row) => row.userId),
    os_architecture: textColumn<NovaRow>((row) => row.osArchitecture),
    os_distro: textColumn<NovaRow>((row) => row.osDistro),
    os_version: textColumn<NovaRow>((row) => row.osVersion),
    rax_options: textColumn<NovaRow>((row) => row.raxOptions),
  },
  glance: {
    ...common,
    facts,
    owner: textColumn<GlanceRow>((row) => row.owner),
    instance: textColumn<GlanceRow>((row) => row.instance),
    uuid: textColumn<GlanceRow>((row) => row.uuid),
    status: textColumn<GlanceRow>((row) => row.status),
  },
  generic: { ...common, ...states },
} satisfies Record<Service, Record<string, Column>>
