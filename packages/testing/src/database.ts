import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { services } from './services.ts'

/** A database of one test. */
export interface TestDatabase {
  url: string
  /** @throws Error when connections to the database are still open: the test, or one of its processes, leaked them */
  drop(): Promise<void>
}

export interface TestDatabaseOptions {
  /** Whether commits wait for the disk, as in production. Off by default, which saves milliseconds per commit. */
  durable?: boolean
}

const migrationsFolder = fileURLToPath(new URL('../../../prisma/migrations/', import.meta.url))

const TEMPLATE_PREFIX = 'stacktach_template_'

/** Templates that no test has used for this long are dropped: their schema is out of date. */
const TEMPLATE_LIFETIME_DAYS = 2

/**
 * Creates a database with the current schema. It is a copy of a template database on the same server. The template is
 * migrated once per version of prisma/migrations, because a copy takes about 40 ms and a migration ten times as long.
 *
 * @param migrate from packages/db; a parameter, because the tests of packages/db depend on this package
 */
export async function createTestDatabase(
  migrate: (url: string) => Promise<unknown>,
  options: TestDatabaseOptions = {},
): Promise<TestDatabase> {
  const template = TEMPLATE_PREFIX + schemaChecksum()
  return create(options, async (client, name) => {
    try {
      await copyTemplate(client, template, name)
    } catch (error) {
      if (!hasCode(error, '3D000')) throw error
      await makeTemplate(client, template, migrate)
      await copyTemplate(client, template, name)
    }
    await markUsed(client, template)
  })
}

/** Creates a database without any tables. */
export function createEmptyDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  return create(options, async (client, name) => {
    await client.query(`create database ${name}`)
  })
}

async function create(
  { durable = false }: TestDatabaseOptions,
  createAs: (client: pg.Client, name: string) => Promise<void>,
): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`
  await onServer(async (client) => {
    await createAs(client, name)
    if (!durable) await client.query(`alter database ${name} set synchronous_commit = off`)
  })
  return { url: urlOf(name), drop: () => onServer((client) => drop(client, name)) }
}

/** Drops a database. The server waits five seconds for the last connections to close, then refuses. */
async function drop(client: pg.Client, name: string): Promise<void> {
  try {
    await client.query(`drop database if exists ${name}`)
  } catch (error) {
    if (!hasCode(error, '55006')) throw error
    const { rows } = await client.query<{ connection: string }>(
      `select application_name || ' (' || coalesce(state, 'unknown') || '): ' || left(query, 100) as connection
         from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
      [name],
    )
    await client.query(`drop database if exists ${name} with (force)`)
    const connections = rows.map(({ connection }) => connection).join('\n')
    throw new Error(`connections to the test database are still open: close them before dropping it\n${connections}`)
  }
}

/** Strategy wal_log needs no checkpoint, and is four times as fast as copying files. */
async function copyTemplate(client: pg.Client, template: string, name: string): Promise<void> {
  await client.query(`create database ${name} template ${template} strategy wal_log`)
}

/** Creates and migrates a template, under a lock, because several test workers may need it at the same time. */
async function makeTemplate(
  client: pg.Client,
  template: string,
  migrate: (url: string) => Promise<unknown>,
): Promise<void> {
  await client.query(`select pg_advisory_lock(hashtext('${TEMPLATE_PREFIX}'))`)
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template])
    if (rowCount === 1) return
    await dropOldTemplates(client)
    // Renamed last, so that a template whose migration failed is never copied.
    const unfinished = `${template}_unfinished`
    await client.query(`drop database if exists ${unfinished} with (force)`)
    await client.query(`create database ${unfinished}`)
    await migrate(urlOf(unfinished))
    await client.query(`alter database ${unfinished} rename to ${template}`)
  } finally {
    await client.query(`select pg_advisory_unlock(hashtext('${TEMPLATE_PREFIX}'))`)
  }
}

/** Records the day of the last use in the comment of the template. */
async function markUsed(client: pg.Client, template: string): Promise<void> {
  const { rows } = await client.query<{ today: string; used: string | null }>(
    `select current_date::text as today, shobj_description(oid, 'pg_database') as used
       from pg_database where datname = $1`,
    [template],
  )
  const [row] = rows
  if (row !== undefined && row.used !== row.today) {
    await client.query(`comment on database ${template} is '${row.today}'`)
  }
}

async function dropOldTemplates(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select datname as name from pg_database
      where starts_with(datname, $1)
        and shobj_description(oid, 'pg_database') < (current_date - $2::int)::text`,
    [TEMPLATE_PREFIX, TEMPLATE_LIFETIME_DAYS],
  )
  for (const { name } of rows) await client.query(`drop database if exists ${name}`)
}

/** Checksum of the names and contents of all migrations, 16 hexadecimal digits. */
function schemaChecksum(): string {
  const hash = createHash('sha256')
  for (const name of readdirSync(migrationsFolder).sort()) {
    const file = join(migrationsFolder, name, 'migration.sql')
    if (existsSync(file)) hash.update(name).update(readFileSync(file))
  }
  return hash.digest('hex').slice(0, 16)
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof pg.DatabaseError && error.code === code
}

function urlOf(database: string): string {
  const url = new URL(services().databaseUrl)
  url.pathname = `/${database}`
  return url.href
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
