import type pg from 'pg'
import type { Database } from '../connection/open.ts'
import { inTransaction } from '../sql/transaction.ts'

/** Memory that one step of a report's statement may use before it goes to disk. */
const WORK_MEMORY = '64MB'

/** Runs statements that all see the database as it was when the first of them began. */
export function inSnapshot<T>({ pool }: Database, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query(`set transaction isolation level repeatable read read only`)
    await client.query(`set local work_mem = '${WORK_MEMORY}'`)
    return work(client)
  })
}
