import type pg from 'pg'
import { isUnanswered } from './errors.ts'

/** What runs statements: a pool, or a connection inside a transaction. */
export type Queryable = Pick<pg.ClientBase, 'query'>

/** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let broken: Error | undefined
  // Told of a connection that is lost between two statements, too; an error that nobody hears ends the process.
  const lost = (error: Error) => {
    broken = error
  }
  client.on('error', lost)
  try {
    await client.query('begin')
    const result = await work(client)
    await client.query('commit')
    return result
  } catch (error) {
    // A server that did not answer will not answer this either.
    if (isUnanswered(error)) broken = error
    else await client.query('rollback').catch(lost)
    throw error
  } finally {
    // A connection that could not even roll back must not be handed to anyone else.
    client.off('error', lost)
    client.release(broken)
  }
}

/** Asks what is not worth waiting for: a statement that takes longer than so many milliseconds is given up by the server. */
export function withStatementTimeout<T>(
  pool: pg.Pool,
  milliseconds: number,
  question: (client: Queryable) => Promise<T>,
): Promise<T> {
  return inTransaction(pool, async (client) => {
    await client.query(`set local statement_timeout = ${milliseconds}`)
    return question(client)
  })
}
