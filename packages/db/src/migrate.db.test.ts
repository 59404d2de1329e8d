import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createEmptyDatabase, type TestDatabase } from '@stacktach/testing'
import pg from 'pg'
import { migrate } from './migrate.ts'
import { schemaSql } from './testkit/schemaSql.ts'

const folder = fileURLToPath(new URL('../../../prisma/migrations/', import.meta.url))
const names = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)
  .sort()

let database: TestDatabase

async function query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

beforeEach(async () => {
  database = await createEmptyDatabase()
})

afterEach(() => database.drop())

describe('migrate', () => {
  test('applies every migration once and records it as prisma migrate deploy does', async () => {
    expect(await migrate(database.url)).toEqual({ applied: names, present: [] })
    expect(await migrate(database.url)).toEqual({ applied: [], present: names })
    const records = await query(
      `select migration_name, checksum, finished_at is not null as finished, applied_steps_count, logs, rolled_back_at
         from _prisma_migrations order by migration_name`,
    )
    expect(records).toEqual(
      names.map((name) => ({
        migration_name: name,
        checksum: createHash('sha256')
          .update(readFileSync(`${folder}${name}/migration.sql`))
          .digest('hex'),
        finished: true,
        applied_steps_count: 1,
        logs: null,
        rolled_back_at: null,
      })),
    )
  })

  test('two at once apply each migration once', async () => {
    const results = await Promise.all([migrate(database.url), migrate(database.url)])
    expect(results.flatMap(({ applied }) => applied)).toEqual(names)
  })

  test('creates a database that is missing', async () => {
    await database.drop()
    expect(await migrate(database.url)).toEqual({ applied: names, present: [] })
  })

  test('refuses a database whose migration failed half-way or was edited', async () => {
    await migrate(database.url)
    await query(`update _prisma_migrations set finished_at = null`)
    await expect(migrate(database.url)).rejects.toThrow(`migration ${names[0]} failed before`)
    await query(`update _prisma_migrations set finished_at = now(), checksum = 'other'`)
    await expect(migrate(database.url)).rejects.toThrow(`migration ${names[0]} was edited after it was applied`)
  })
})

describe('schema.prisma and the migrations', () => {
  // From PostgreSQL's catalog: the tables of the public schema, without partitions and Prisma's history.
  const columns = `
    select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
           pg_get_expr(d.adbin, d.adrelid) as default
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition and a.attnum > 0
       and not a.attisdropped and c.relname <> '_prisma_migrations'
     order by 1, 2`
  const indexes = `
    select c.relname as table, i.relname as index, x.indisunique as unique, x.indisprimary as primary,
           regexp_replace(pg_get_indexdef(i.oid), '^.* USING ', '') as definition
      from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
      join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and not c.relispartition and c.relname <> '_prisma_migrations'
     order by 1, 2`
  const constraints = `
    select c.relname as table, k.conname as constraint, pg_get_constraintdef(k.oid) as definition
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and not c.relispartition and c.relname <> '_prisma_migrations'
     order by 1, 2`

  test('describe the same tables, columns, indexes and constraints', async () => {
    const catalog = async () => ({
      columns: await query(columns),
      indexes: await query(indexes),
      constraints: await query(constraints),
    })
    await migrate(database.url)
    const migrated = await catalog()
    await query('drop schema public cascade; create schema public')
    await query(await schemaSql(database.url))
    const fromSchema = await catalog()
    expect(migrated).toEqual(fromSchema)
    expect(migrated.columns.length).toBeGreaterThan(200)
  })
})
