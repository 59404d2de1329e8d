import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Partitions } from '@stacktach/db'
import type { Service } from '@stacktach/domain'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import type { Stack } from './stack.ts'

/** What the cloud's notifications are stored in. */
const tables = ['nova', 'glance'] as const satisfies readonly Service[]

/** Bytes that are handed to PostgreSQL at once. */
const CHUNK = 1 << 20

/** Rows of one table, in a file, as COPY writes them. */
export interface Copied {
  service: (typeof tables)[number]
  file: string
  rows: number
  /** Of the notifications, microseconds of unix time. */
  whens: number[]
}

/** Writes the rows that were stored since the last time into files. @param since the ids reached then; moved on */
export async function copyOut(stack: Stack, since: Map<string, number>, prefix: string): Promise<Copied[]> {
  const copied: Copied[] = []
  for (const service of tables) {
    const table = `notification_${service}`
    const after = since.get(table) ?? 0
    const { rows } = await stack.pool.query<{
      last: string | null
      first: string | null
      to: string | null
      n: string
    }>(`select max(id) as last, min("when") as first, max("when") as to, count(*) as n from ${table} where id > $1`, [
      after,
    ])
    const [found] = rows
    if (!found?.last) continue
    since.set(table, Number(found.last))
    const file = `${prefix}-${service}.copy`
    await onConnection(stack.databaseUrl, (client) =>
      pipeline(
        client.query(
          copyTo(
            `copy (select * from ${table} where id > ${after} and id <= ${Number(found.last)} order by id) to stdout`,
          ),
        ),
        createWriteStream(file),
      ),
    )
    copied.push({ service, file, rows: Number(found.n), whens: [Number(found.first), Number(found.to)] })
  }
  return copied
}

/** Makes the partitions that rows need, as ingest makes them. */
export async function preparePartitions(stack: Stack, copied: readonly Copied[]): Promise<void> {
  const partitions = new Partitions(stack.pool, 7)
  for (const { service, whens } of copied) await partitions.ensure(service, whens)
}

/** One table for all services, not partitioned, with seven indexes: what a simple store of notifications has. */
export async function createPlainTable({ pool }: Stack): Promise<void> {
  await pool.query(`
    create table plain (like notification_nova including defaults including compression);
    alter table plain add owner text, add uuid text, add status text, alter versioned drop not null,
      alter os_architecture drop not null, alter os_distro drop not null, alter os_version drop not null,
      alter rax_options drop not null;
    create index on plain (id); create index on plain ("when"); create index on plain (instance);
    create index on plain (request_id); create index on plain (tenant); create index on plain (event);
    create index on plain (host)`)
}

/** Copies rows in on one connection. Returns rows a second. @param into null: each service's own table */
export async function copyIn(stack: Stack, copied: readonly Copied[], into: 'plain' | null): Promise<number> {
  return onConnection(stack.databaseUrl, async (client) => {
    const columns = new Map<Service, string>()
    for (const { service } of copied) columns.set(service, await columnsOf(client, service))
    const began = performance.now()
    for (const { service, file } of copied) {
      const table = into ?? `notification_${service}`
      await pipeline(
        createReadStream(file, { highWaterMark: CHUNK }),
        client.query(copyFrom(`copy ${table} (${columns.get(service)}) from stdin`)),
      )
    }
    const rows = copied.reduce((sum, each) => sum + each.rows, 0)
    return rows / ((performance.now() - began) / 1000)
  })
}

async function columnsOf(client: pg.Client, service: Service): Promise<string> {
  const { rows } = await client.query<{ columns: string }>(
    `select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
    [`notification_${service}`],
  )
  return rows[0]?.columns ?? ''
}

async function onConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
