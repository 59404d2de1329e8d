import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { services } from './services.ts'

/** A database of a test's own. */
export interface TestDatabase {
  url: string
  drop(): Promise<void>
}

/**
 * Makes an empty database with the schema that `migrate` brings; `drop` it at the end.
 *
 * @param migrate of the db package, handed in because it depends on this one for its own tests
 */
export async function createTestDatabase(migrate: (url: string) => Promise<unknown>): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`
  await onServer((client) => client.query(`create database ${name}`))
  const url = new URL(services().databaseUrl)
  url.pathname = `/${name}`
  await migrate(url.href)
  return {
    url: url.href,
    drop: () => onServer((client) => client.query(`drop database if exists ${name} with (force)`)),
  }
}

async function onServer(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: services().databaseUrl, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
