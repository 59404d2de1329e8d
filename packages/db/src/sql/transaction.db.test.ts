import { expect, test } from '@jest/globals'
import { createTestDatabase } from '@stacktach/testing'
import { openDatabase } from '../connection/open.ts'
import { migrate } from '../migrate.ts'
import { inTransaction } from './transaction.ts'

test('a connection lost between two statements fails only its transaction', async () => {
  const { url, drop } = await createTestDatabase(migrate)
  const database = openDatabase({ url, applicationName: 'test', size: 2 })
  try {
    const transaction = inTransaction(database.pool, async (client) => {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
      // No statement is active when the connection ends, which can be before the other one has its answer.
      const ended = new Promise((resolve) => client.once('end', resolve))
      await database.pool.query('select pg_terminate_backend($1)', [rows[0]?.pid])
      await ended
      await client.query('select 1')
    })
    await expect(transaction).rejects.toThrow()
    expect(database.pool.totalCount).toBe(1)
    await inTransaction(database.pool, (client) => client.query('select 1'))
  } finally {
    await database.close()
    await drop()
  }
})
