import { type Service, services } from '@stacktach/domain'
import type pg from 'pg'
import type { Database } from '../connection/open.ts'
import { type ListedNotification, listedColumns, notificationTable } from '../queries/listedNotification.ts'
import { inTransaction } from '../sql/transaction.ts'
import type { IdOfService } from './idBounds.ts'
import type { ArrivalPosition } from './position.ts'
import { FIRST_TRANSACTION_ID, TRANSACTION_IDS } from './transactionId.ts'

/** The snapshot of a statement. */
export interface TransactionSnapshot {
  /** All transactions before this one have ended. */
  horizon: number
  /** One more than the highest ended transaction. */
  ended: number
  /** Maximum number of transactions that are running at the same time. */
  maxRunning: number
}

/** A visible row, without its columns. */
export interface ScannedRow {
  service: Service
  id: number
  when: number
  /** Low 32 bits of the id of the inserting transaction. */
  xmin: number
}

/**
 * Runs statements in one snapshot. Plans are generic, because planning for many partitions takes longer than these
 * statements; and they read the primary key in its order, because the planner does not know how few rows follow an id.
 */
export function inArrivalSnapshot<T>({ pool }: Database, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query(`
      set transaction isolation level repeatable read read only;
      set local plan_cache_mode = force_generic_plan;
      set local enable_seqscan = off;
      set local enable_bitmapscan = off;
      set local jit = off`)
    return work(client)
  })
}

/** The sum of the settings that reserve a process that can run a transaction, and a few processes of the server itself. */
const maxRunning = `(select sum(setting::int)::int + 16 from pg_settings
  where name in ('max_connections', 'max_prepared_transactions', 'max_worker_processes', 'autovacuum_max_workers', 'max_wal_senders'))`

/** Reads the snapshot. pg_current_snapshot() on a standby has no list of running transactions, but a correct horizon. */
export async function transactionSnapshot(client: pg.PoolClient): Promise<TransactionSnapshot> {
  const { rows } = await client.query<TransactionSnapshot>({
    name: 'arrivals_snapshot',
    text: `select pg_snapshot_xmin(s)::text::bigint as horizon, pg_snapshot_xmax(s)::text::bigint as ended,
                  ${maxRunning} as "maxRunning"
             from pg_current_snapshot() s`,
  })
  const [snapshot] = rows
  if (snapshot === undefined) throw new Error('pg_current_snapshot() returned no row')
  return snapshot
}

/** The highest visible id of each service; 0: no notifications. */
export async function highestIds(client: pg.PoolClient): Promise<IdOfService> {
  const highest = (service: Service) =>
    `coalesce((select id from ${notificationTable[service]} order by id desc limit 1), 0) as ${service}`
  const { rows } = await client.query<IdOfService>({
    name: 'arrivals_highest',
    text: `select ${services.map(highest).join(', ')}`,
  })
  return rows[0] ?? { nova: 0, glance: 0, generic: 0 }
}

/**
 * The scan of the rows with higher ids than $1, $2 and $3, one parameter per service. A scan of the ids is the only way:
 * xmin has no index. The number of rows is the literal of the limit.
 */
function scan(rowsOfService: number): string {
  return services
    .map(
      (service, index) =>
        `(select ${index} as service, id, "when", xmin::text::bigint as xmin
            from ${notificationTable[service]} where id > $${index + 1}::bigint order by id limit ${rowsOfService})`,
    )
    .join(' union all ')
}

/** Maximum number of rows of a service that one scan reads. */
export const MAX_SCANNED_ROWS = 100_000

interface DueRows {
  rows: { service: number; id: number; when: number; distance: number }[]
  /** Maximum over the services. */
  scanned: number
}

/** The statement of dueRows, for the test of its plan. */
export const dueRowsStatement = `
with scanned as materialized (${scan(MAX_SCANNED_ROWS)}
), due as (
  select service, id, "when", distance
    from scanned, mod(xmin - $4::bigint + ${TRANSACTION_IDS}, ${TRANSACTION_IDS}) as distance
   where xmin >= ${FIRST_TRANSACTION_ID} and distance < $5::bigint and (distance, service, id) > (0, $6::int, $7::bigint)
   order by distance, service, id
   limit $8::bigint
)
select coalesce((select max(rows)::int from (select count(*) as rows from scanned group by service) as counted), 0) as scanned,
       coalesce((select json_agg(json_build_object('service', service, 'id', id, 'when', "when", 'distance', distance)
                                 order by distance, service, id) from due), '[]') as rows`

/**
 * The first rows after a position whose transactions are before the horizon, in the order of arrival.
 *
 * @param above ids that all these rows exceed
 * @returns null if more than MAX_SCANNED_ROWS follow one of the ids
 */
export async function dueRows(
  client: pg.PoolClient,
  { after, horizon, above, limit }: { after: ArrivalPosition; horizon: number; above: IdOfService; limit: number },
): Promise<{ position: ArrivalPosition; when: number }[] | null> {
  const { rows } = await client.query<DueRows>({
    name: 'arrivals_due',
    text: dueRowsStatement,
    values: [
      ...services.map((service) => above[service]),
      after.transaction % TRANSACTION_IDS,
      horizon - after.transaction,
      services.indexOf(after.service),
      after.id,
      limit,
    ],
  })
  const [result] = rows
  if (result === undefined || result.scanned >= MAX_SCANNED_ROWS) return null
  return result.rows.map(({ service, id, when, distance }) => ({
    position: { transaction: after.transaction + distance, service: services[service] ?? 'nova', id },
    when,
  }))
}

/** Number of rows of each service that recentRows reads. */
export const RECENT_ROWS = 22_000

/** The visible rows of each service with the highest ids, by service and id. */
export async function recentRows(client: pg.PoolClient, highest: IdOfService): Promise<ScannedRow[]> {
  const { rows } = await client.query<{ rows: [number, number, number, number][] }>({
    name: 'arrivals_recent',
    text: `select coalesce(json_agg(json_build_array(service, id, "when", xmin) order by service, id), '[]') as rows
             from (${scan(RECENT_ROWS)}) as scanned`,
    values: services.map((service) => highest[service] - RECENT_ROWS),
  })
  const [result] = rows
  return (result?.rows ?? []).map(([service, id, when, xmin]) => ({
    service: services[service] ?? 'nova',
    id,
    when,
    xmin,
  }))
}

/** The listed columns of rows of one service. One index look-up per row, in the partition of its time. */
export async function listedRows(
  client: pg.PoolClient,
  service: Service,
  keys: readonly { id: number; when: number }[],
): Promise<Map<number, ListedNotification>> {
  if (keys.length === 0) return new Map()
  const { rows } = await client.query<ListedNotification>({
    name: `arrivals_listed_${service}`,
    text: `select listed.*
             from unnest($1::bigint[], $2::bigint[]) as key(id, "when")
                  cross join lateral (
                    select ${listedColumns(service)} from ${notificationTable[service]} n
                     where n.id = key.id and n."when" = key."when" limit 1
                  ) as listed`,
    values: [keys.map(({ id }) => id), keys.map(({ when }) => when)],
  })
  return new Map(rows.map((row) => [row.id, row]))
}
