import { createHash, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { ServerClient } from './connection/serverClient.ts'
import { serverOf } from './connection/serverSelector.ts'
import { migrationNames, migrationsFolder } from './migrationNames.ts'

/** The advisory lock that `prisma migrate` takes, so that the two never run at once. */
const PRISMA_ADVISORY_LOCK = 72707369

const CONNECT_TIMEOUT_MS = 5_000

// The same statement as Prisma's.
const historyTable = `
  CREATE TABLE IF NOT EXISTS _prisma_migrations (
    id                  VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum            VARCHAR(64) NOT NULL,
    finished_at         TIMESTAMPTZ,
    migration_name      VARCHAR(255) NOT NULL,
    logs                TEXT,
    rolled_back_at      TIMESTAMPTZ,
    started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count INTEGER NOT NULL DEFAULT 0
  )`

interface Migration {
  name: string
  sql: string
  checksum: string
}

export interface MigrateResult {
  /** Names of the migrations applied by this call. */
  applied: string[]
  /** Names of the migrations applied before. */
  present: string[]
}

/**
 * Applies the pending migrations of prisma/migrations and records them as `prisma migrate deploy` does, so that both can be
 * used on the same database. Creates the database if it is missing.
 *
 * @param onWarning receives the warnings of migrations, with the steps that an administrator has to run
 * @throws Error if an applied migration was edited, or an earlier one failed half-way
 */
export async function migrate(url: string, onWarning: (text: string) => void = () => {}): Promise<MigrateResult> {
  const migrations = await readMigrations()
  const client = await connect(url)
  // The lock has a connection of its own: behind a pooler it needs a transaction, and a migration is one itself.
  const lock = await openClient(url)
  client.on('notice', ({ code, message, hint }) => {
    // Class 01 is a warning; notices only report existing objects.
    if (code?.startsWith('01')) onWarning(hint === undefined ? `${message}` : `${message}. ${hint}`)
  })
  try {
    await lock.query('begin')
    await lock.query('set local idle_in_transaction_session_timeout = 0')
    await lock.query('select pg_advisory_xact_lock($1)', [PRISMA_ADVISORY_LOCK])
    await client.query(historyTable)
    const history = await client.query<{ migration_name: string; checksum: string; finished: boolean }>(
      `select migration_name, checksum, finished_at is not null as finished
         from _prisma_migrations where rolled_back_at is null`,
    )
    const recorded = new Map(history.rows.map((row) => [row.migration_name, row]))
    const missing = migrations.filter(({ name, checksum }) => {
      const record = recorded.get(name)
      if (record && !record.finished) throw new Error(`migration ${name} failed before: resolve it, then migrate again`)
      if (record && record.checksum !== checksum) throw new Error(`migration ${name} was edited after it was applied`)
      return !record
    })
    for (const migration of missing) await apply(client, migration)
    return {
      applied: missing.map(({ name }) => name),
      present: migrations.filter((migration) => !missing.includes(migration)).map(({ name }) => name),
    }
  } finally {
    await client.end()
    await lock.end()
  }
}

async function apply(client: pg.Client, { name, sql, checksum }: Migration): Promise<void> {
  const id = randomUUID()
  await client.query('insert into _prisma_migrations (id, checksum, migration_name) values ($1, $2, $3)', [
    id,
    checksum,
    name,
  ])
  try {
    // Without parameters the driver uses the simple query protocol: all statements of the file are one transaction.
    await client.query(sql)
  } catch (error) {
    await client.query('update _prisma_migrations set logs = $2 where id = $1', [id, String(error)])
    throw new Error(`migration ${name} failed: ${error instanceof Error ? error.message : error}`, { cause: error })
  }
  await client.query('update _prisma_migrations set finished_at = now(), applied_steps_count = 1 where id = $1', [id])
}

async function readMigrations(): Promise<Migration[]> {
  const names = await migrationNames()
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(migrationsFolder, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

async function connect(url: string): Promise<pg.Client> {
  try {
    return await openClient(url)
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== '3D000') throw error
    await createDatabase(url)
    return openClient(url)
  }
}

/** Connects to the server of a URL that can write. */
async function openClient(url: string): Promise<pg.Client> {
  const { connectionString, selector } = serverOf(url, 'read-write')
  const client = new ServerClient({
    connectionString,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    ...(selector === null ? {} : { selector }),
  })
  // A connection that is lost between two statements must not end the process before the next one fails.
  client.on('error', () => {})
  await client.connect()
  return client
}

async function createDatabase(url: string): Promise<void> {
  const [, server = '', name = '', parameters = ''] = /^([^/]+\/\/[^/?]*)\/?([^?]*)(.*)$/.exec(url) ?? []
  const client = await openClient(`${server}/postgres${parameters}`)
  try {
    await client.query(`create database ${pg.escapeIdentifier(decodeURIComponent(name))}`)
  } finally {
    await client.end()
  }
}
