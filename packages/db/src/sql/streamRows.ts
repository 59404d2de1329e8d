import type pg from 'pg'
import { isUnanswered } from './errors.ts'

/** Rows in memory at once. */
const FETCH_SIZE = 2_000

/**
 * Yields the rows of a query in batches, all of one snapshot. The connection is in use until the generator ends, so its
 * consumer must not wait for long, and must finish it or return.
 *
 * @param values of the parameters in `sql`
 */
export async function* streamRows<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  sql: string,
  values: readonly unknown[],
): AsyncGenerator<Row[], void, undefined> {
  const client = await pool.connect()
  let broken: Error | undefined
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  try {
    await client.query('begin')
    // The cursor is read to its end, so plan for the total time and not for the first rows.
    await client.query('set local cursor_tuple_fraction = 1')
    await client.query(`declare streamed no scroll cursor for ${sql}`, [...values])
    for (;;) {
      const { rows } = await client.query<Row>(`fetch ${FETCH_SIZE} from streamed`)
      if (rows.length === 0) break
      yield rows
    }
  } catch (error) {
    if (isUnanswered(error)) broken = error
    throw error
  } finally {
    // Nothing was written. The consumer may also stop early.
    if (broken === undefined) await client.query('rollback').catch(onError)
    client.off('error', onError)
    client.release(broken)
  }
}
