import type { NotificationRow, Service } from '@stacktach/domain'
import type { BackloggedShard } from '../fold/backlog.ts'
import type { Queryable } from '../sql/transaction.ts'
import { notificationTables } from '../store/notificationTables.ts'
import { SPAN_GRAIN } from '../store/storeBatch.ts'
import { maintained, returned, touchedShards } from '../store/storeStatement.ts'
import type { NotificationPosition, OpenPartition } from './storedNotifications.ts'

/** Columns that identify a notification, or hold the original. They never change. */
const fixedColumns = new Set(['when', 'dedup_key', 'message_id', 'routing_key', 'json'])

/** A stored notification with its columns by the current rules. */
export interface DerivedRow {
  position: NotificationPosition
  row: NotificationRow
}

export interface UpdateResult {
  /** Number of notifications whose columns changed. */
  changed: number
  /** Shards with a new backlog. */
  touched: BackloggedShard[]
}

/**
 * Updates the derived columns of stored notifications that differ from the given ones, with the backlog, the spans and the
 * names, as `storeBatch` does. A notification of nova that changes its instance leaves the backlog of the previous one.
 */
export async function updateDerived(
  client: Queryable,
  service: Service,
  partition: OpenPartition,
  rows: readonly DerivedRow[],
  shards: number,
): Promise<UpdateResult> {
  if (rows.length === 0) return { changed: 0, touched: [] }
  const columns = derivedColumns(service)
  const { rows: results } = await client.query<UpdateResult>(updateStatement(service, partition, columns), [
    shards,
    SPAN_GRAIN,
    rows.map(({ position }) => position.id),
    rows.map(({ position }) => position.when),
    ...columns.map(([, { array }]) => array(rows.map(({ row }) => row) as never)),
  ])
  return results[0] ?? { changed: 0, touched: [] }
}

type Columns = [string, { type: string; array(rows: readonly never[]): unknown }][]

function derivedColumns(service: Service): Columns {
  return Object.entries(notificationTables[service]).filter(([name]) => !fixedColumns.has(name))
}

function updateStatement(service: Service, { name: table }: OpenPartition, columns: Columns): string {
  const names = columns.map(([name]) => `"${name}"`).join(', ')
  const arrays = columns.map(([, { type }], index) => `$${index + 5}::${type === 'json' ? 'text' : type}[]`).join(', ')
  const set = columns.map(([name, { type }]) => `"${name}" = changed."${name}"${type === 'json' ? '::json' : ''}`)
  const stored = columns.map(([name, { type }]) => `n."${name}"${type === 'json' ? '::text' : ''}`).join(', ')
  const derived = columns.map(([name]) => `input."${name}"`).join(', ')
  return `
with input as (
  select * from unnest($3::bigint[], $4::bigint[], ${arrays}) as input(id, "when", ${names})
), changed as materialized (
  select input.*, n.instance as old_instance
    from input join ${table} n on n.id = input.id and n."when" = input."when"
   where (${stored}) is distinct from (${derived})
), unclaimed as (
  delete from backlog using changed
   where '${service}' = 'nova' and backlog.kind = 'instance' and backlog.key = changed.old_instance
     and backlog.shard = abs(hashtextextended(changed.old_instance, 0) % $1::bigint)
     and backlog."when" = changed."when" and backlog.notification_id = changed.id
     and changed.instance is distinct from changed.old_instance
), stored as (
  update ${table} n set ${set.join(', ')} from changed where n.id = changed.id and n."when" = changed."when"
  returning ${returned[service].replaceAll(/(?:"when"|\w+)/g, (column) => `n.${column}`)}
), ${maintained(service, { shards: '$1::bigint', grain: '$2::bigint' })}
select (select count(*) from stored)::int as changed, ${touchedShards} as touched`
}
