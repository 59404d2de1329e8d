import type { Duration, Instant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'

/** The database server that answers, as far as every role may know it. */
export interface DatabaseState {
  /** Version of PostgreSQL. */
  version: string
  /** Name and size in bytes of the database. */
  name: string
  bytes: number
  /** Of a standby the age of the last replayed transaction; null: it is a primary. */
  standby: { behind: Duration | null } | null
  /** The migrations, latest first. */
  migrations: { name: string; finishedAt: Instant | null }[]
}

/** Reads the state of the database server. */
export async function databaseState({ pool }: Database): Promise<DatabaseState> {
  const { rows } = await pool.query<{
    version: string
    name: string
    bytes: number
    isStandby: boolean
    behind: number | null
  }>(
    `select current_setting('server_version') as version, current_database() as name,
            pg_database_size(current_database()) as bytes, pg_is_in_recovery() as "isStandby",
            (extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000000)::bigint as behind`,
  )
  const migrations = await pool.query<{ name: string; finishedAt: Instant | null }>(
    `select migration_name as name, (extract(epoch from finished_at) * 1000000)::bigint as "finishedAt"
       from _prisma_migrations where rolled_back_at is null order by migration_name desc`,
  )
  const [row] = rows
  if (row === undefined) throw new Error('the query of the server returned no row')
  const { isStandby, behind, ...state } = row
  return {
    ...state,
    standby: isStandby ? { behind: behind === null ? null : Math.max(0, behind) } : null,
    migrations: migrations.rows,
  }
}
