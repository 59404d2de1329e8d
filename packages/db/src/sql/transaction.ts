import type pg from 'pg'
import { isUnanswered } from './errors.ts'

/** A pool, or a connection inside a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>

/** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  // Also called if the connection is lost between two statements. An error event without a listener ends the process.
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    // After a timeout the server would not answer the rollback either.
    if (isUnanswered(error)) broken = error
    else await client.query('rollback').catch(onError)
    throw error
  } finally {
    // A broken connection must not return to the pool.
    client.off('error', onError)
    client.release(broken)
  }
}

/** Runs `work` in a transaction whose statements the server cancels after `milliseconds`. */
export function withStatementTimeout<T>(
  pool: pg.Pool,
  milliseconds: number,
  work: (client: Queryable) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query(`set local statement_timeout = ${milliseconds}`)
    return work(client)
  })
}
