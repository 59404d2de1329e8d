import type pg from 'pg'
import { inTransaction, type Queryable } from './transaction.ts'

/** Rows in memory at once. */
const FETCH_SIZE = 2_000

/**
 * Passes the rows of a query to `take` in batches. All are of one snapshot. A list without a limit may not fit in memory.
 *
 * @param values of the parameters in `sql`
 */
export function forEachBatch<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  sql: string,
  values: readonly unknown[],
  take: (rows: Row[]) => void,
): Promise<void> {
  return inTransaction(pool, (client) => forEachBatchInTransaction(client, sql, values, take))
}

/** `forEachBatch` in a transaction that has already begun. */
export async function forEachBatchInTransaction<Row extends pg.QueryResultRow>(
  client: Queryable,
  sql: string,
  values: readonly unknown[],
  take: (rows: Row[]) => void,
): Promise<void> {
  await client.query(`declare batch no scroll cursor for ${sql}`, [...values])
  for (;;) {
    const { rows } = await client.query<Row>(`fetch ${FETCH_SIZE} from batch`)
    if (rows.length === 0) break
    take(rows)
  }
  await client.query('close batch')
}
