import type pg from 'pg'
import type { Database } from '../connection/open.ts'
import { inTransaction } from '../sql/transaction.ts'

/** work_mem of report statements: memory per sort or hash before PostgreSQL writes to disk. */
const WORK_MEMORY = '64MB'

/** Runs statements in one read-only snapshot (repeatable read). */
export function inSnapshot<T>({ pool }: Database, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query(`set transaction isolation level repeatable read read only`)
    await client.query(`set local work_mem = '${WORK_MEMORY}'`)
    // Compiling the long statements of reports takes longer than running them.
    await client.query('set local jit = off')
    return work(client)
  })
}
