import type { Duration } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'

/** Replication lag of a standby. */
export interface ReplicaState {
  /** Bytes of WAL not yet replayed. */
  bytes: number
  /** Upper bound of the age of the last replayed transaction; 0 if up to date, null if none was ever replayed. */
  behind: Duration | null
}

/**
 * Compares a replica with its primary; null if the replica is not a standby. Needs no special privileges.
 */
export async function replicaState(primary: Database, replica: Database): Promise<ReplicaState | null> {
  const written = await primary.pool.query<{ position: string }>(
    `select (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end)::text as position`,
  )
  const { rows } = await replica.pool.query<{ standby: boolean; bytes: number | null; age: number | null }>(
    `select pg_is_in_recovery() as standby, pg_wal_lsn_diff($1::pg_lsn, pg_last_wal_replay_lsn())::bigint as bytes,
            (extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000000)::bigint as age`,
    [written.rows[0]?.position],
  )
  const [row] = rows
  if (row === undefined || !row.standby) return null
  const bytes = Math.max(0, row.bytes ?? 0)
  return { bytes, behind: bytes === 0 ? 0 : row.age === null ? null : Math.max(0, row.age) }
}
