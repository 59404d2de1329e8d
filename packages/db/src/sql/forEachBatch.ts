import type pg from 'pg'
import { inTransaction } from './transaction.ts'

/** Rows that are in memory at once. */
const PIECE = 2_000

/**
 * Hands the rows of a query to `take` piece by piece, all of one moment: a list without a limit may be longer than memory.
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
    await client.query(`declare piece no scroll cursor for ${sql}`, [...values])
    for (;;) {
      const { rows } = await client.query<Row>(`fetch ${PIECE} from piece`)
      if (rows.length === 0) return
      take(rows)
    }
  })
}
