import { DAY, type NotificationRow, type Service } from '@stacktach/domain'
import { isPooled } from '../connection/sessionCheck.ts'
import type { BackloggedShard } from '../fold/backlog.ts'
import type { Queryable } from '../sql/transaction.ts'
import { notificationTables } from './notificationTables.ts'
import { storeStatement } from './storeStatement.ts'

/** Spans are rounded to whole days, so that the span of an active key is written only once a day. */
export const SPAN_GRAIN = DAY

const statements: Record<Service, string> = {
  nova: storeStatement('nova'),
  glance: storeStatement('glance'),
  generic: storeStatement('generic'),
}

export interface StoreResult {
  /** Number of new rows. */
  stored: number
  /** Shards with a new backlog. */
  touched: BackloggedShard[]
}

/**
 * Stores notifications of one service and deployment, with their backlog, spans and names. Their partitions must exist.
 * Duplicates are skipped.
 */
export async function storeBatch(
  client: Queryable,
  service: Service,
  deploymentId: number,
  rows: readonly NotificationRow[],
  shards: number,
): Promise<StoreResult> {
  if (rows.length === 0) return { stored: 0, touched: [] }
  const arrays = Object.values(notificationTables[service]).map(({ array }) => array(rows as never))
  const result = await client.query<StoreResult>({
    // Behind a pooler the next transaction may be on another server, which does not know the statement.
    ...(isPooled(client) ? {} : { name: `store_${service}` }),
    text: statements[service],
    values: [deploymentId, rows.length, shards, SPAN_GRAIN, ...arrays],
  })
  return result.rows[0] ?? { stored: 0, touched: [] }
}
