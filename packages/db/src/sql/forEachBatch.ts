import type pg from 'pg'
import { inTransaction } from './transaction.ts'

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
  return inTransaction(pool, async (client) => {
    await client.query(`declare batch no scroll cursor for ${sql}`, [...values])
    for (;;) {
      const { rows } = await client.query<Row>(`fetch ${FETCH_SIZE} from batch`)
      if (rows.length === 0) return
      take(rows)
    }
  })
}
