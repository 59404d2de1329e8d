import type { Service, TimePeriod } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'

/** A table with notifications that can be changed. */
export interface OpenPartition extends TimePeriod {
  name: string
}

/** Position of a notification in a partition. */
export interface NotificationPosition {
  /** Microseconds of Unix time. */
  when: number
  id: number
}

/** A stored notification: its position, and its original. */
export interface StoredNotification extends NotificationPosition {
  /** Text of `[routing_key, notification]`. */
  json: string
}

/**
 * The first partition of a service that has notifications at or after an instant. Sealed partitions are left out: they are
 * about to be dropped, and PostgreSQL refuses changes of their rows.
 */
export async function openPartition(
  client: Queryable,
  service: Service,
  from: number,
): Promise<OpenPartition | undefined> {
  const { rows } = await client.query<{ lower: number; upper: number; name: string }>(
    `select lower, upper, name from notification_partition
      where service = $1 and upper > $2 and not sealed order by lower limit 1`,
    [service, from],
  )
  return rows.map(({ lower, upper, name }) => ({ name, from: lower, until: upper }))[0]
}

/** The last id given to a notification of a service; at least 1. */
export async function lastNotificationId(client: Queryable, service: Service): Promise<number> {
  const { rows } = await client.query<{ last: number }>(`select last_value as last from notification_${service}_id_seq`)
  return rows[0]?.last ?? 1
}

export interface ReadLimits {
  /** The last id to read. */
  upTo: number
  notifications: number
  /** Bytes on disk together. */
  bytes: number
}

/** Reads the notifications of a partition after a position, by time and id: as many as the limits allow, but at least one. */
export async function storedNotifications(
  client: Queryable,
  { name }: OpenPartition,
  { when, id }: NotificationPosition,
  { upTo, notifications, bytes }: ReadLimits,
): Promise<StoredNotification[]> {
  const { rows } = await client.query<StoredNotification>(
    `select id, "when", json::text as json
       from (select id, "when", json, row_number() over inorder as place, sum(pg_column_size(json)) over inorder as bytes
               from (select id, "when", json from ${name}
                      where "when" >= $1 and ("when", id) > ($1, $2) and id <= $5
                      order by "when", id limit $3) as following
             window inorder as (order by "when", id)) as batch
      where bytes <= $4 or place = 1
      order by "when", id`,
    [when, id, notifications, bytes, upTo],
  )
  return rows
}
