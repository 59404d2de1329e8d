import { createReadStream, createWriteStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Partitions } from '@stacktach/db'
import type { Service } from '@stacktach/domain'
import pg from 'pg'
import { from as copyFrom, to as copyTo } from 'pg-copy-streams'
import type { Stack } from './stack.ts'

/** The services that the simulated cloud has. */
const services = ['nova', 'glance'] as const satisfies readonly Service[]

const CHUNK_BYTES = 1 << 20

/** Rows of one service's notifications, in a file in COPY's format. */
export interface CopyFile {
  service: (typeof services)[number]
  file: string
  rows: number
  /** The first and the last timestamp, microseconds of unix time. */
  timestamps: number[]
}

/** Writes the rows stored since the previous call to files. @param lastIds the last id copied by table; updated */
export async function copyOut(stack: Stack, lastIds: Map<string, number>, prefix: string): Promise<CopyFile[]> {
  const files: CopyFile[] = []
  for (const service of services) {
    const table = `notification_${service}`
    const after = lastIds.get(table) ?? 0
    const { rows } = await stack.pool.query<{
      last_id: string | null
      first: string | null
      last: string | null
      n: string
    }>(
      `select max(id) as last_id, min("when") as first, max("when") as last, count(*) as n from ${table} where id > $1`,
      [after],
    )
    const [range] = rows
    if (!range?.last_id) continue
    const lastId = Number(range.last_id)
    lastIds.set(table, lastId)
    const file = `${prefix}-${service}.copy`
    const select = `select * from ${table} where id > ${after} and id <= ${lastId} order by id`
    await withClient(stack.databaseUrl, (client) =>
      pipeline(client.query(copyTo(`copy (${select}) to stdout`)), createWriteStream(file)),
    )
    files.push({ service, file, rows: Number(range.n), timestamps: [Number(range.first), Number(range.last)] })
  }
  return files
}

/** Creates the partitions that the rows need, as ingest does. */
export async function preparePartitions(stack: Stack, files: readonly CopyFile[]): Promise<void> {
  const partitions = new Partitions(stack.pool, 7)
  for (const { service, timestamps } of files) await partitions.ensure(service, timestamps)
}

/** Creates one unpartitioned table for all services, with seven indexes: a simple store of notifications. */
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

/**
 * Copies the files into the database on one connection.
 *
 * @param into null: each service's own table
 * @returns rows per second
 */
export async function copyIn(stack: Stack, files: readonly CopyFile[], into: 'plain' | null): Promise<number> {
  return withClient(stack.databaseUrl, async (client) => {
    const columns = new Map<Service, string>()
    for (const { service } of files) columns.set(service, await columnsOf(client, service))
    const startedAt = performance.now()
    for (const { service, file } of files) {
      const table = into ?? `notification_${service}`
      await pipeline(
        createReadStream(file, { highWaterMark: CHUNK_BYTES }),
        client.query(copyFrom(`copy ${table} (${columns.get(service)}) from stdin`)),
      )
    }
    const rows = files.reduce((sum, each) => sum + each.rows, 0)
    return rows / ((performance.now() - startedAt) / 1000)
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

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
