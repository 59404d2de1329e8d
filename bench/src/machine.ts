import { cpus, loadavg, totalmem } from 'node:os'
import { services } from '@stacktach/testing'
import pg from 'pg'

/** The machine and the servers of a run. */
export interface Machine {
  cpu: string
  cores: number
  memoryGb: number
  /** One-minute load averages, at the start and at the end. */
  load: number[]
  servers: string
  settings: Record<string, string>
}

/** PostgreSQL settings that affect the write rate. */
const settings = ['shared_buffers', 'max_wal_size', 'fsync', 'synchronous_commit', 'full_page_writes', 'wal_level']

/** Describes the machine at the start of a run. */
export async function describeMachine(): Promise<Machine> {
  const client = new pg.Client({ connectionString: services().databaseUrl })
  await client.connect()
  try {
    const version = await client.query<{ server_version: string }>('show server_version')
    const { rows } = await client.query<{ name: string; value: string }>(
      `select name, current_setting(name) as value from unnest($1::text[]) as name`,
      [settings],
    )
    return {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryGb: totalmem() / 2 ** 30,
      load: [loadavg()[0] ?? 0],
      servers: `PostgreSQL ${version.rows[0]?.server_version}, Node ${process.versions.node}`,
      settings: Object.fromEntries(rows.map(({ name, value }) => [name, value])),
    }
  } finally {
    await client.end()
  }
}

/** Adds the current load, at the end of a run. */
export function withFinalLoad(machine: Machine): Machine {
  return { ...machine, load: [...machine.load, loadavg()[0] ?? 0] }
}
