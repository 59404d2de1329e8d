import type { Duration } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'

/** How far a replica is behind its primary. */
export interface ReplicaState {
  /** Bytes of the primary's log that it has not replayed. */
  bytes: number
  /** Age of the last transaction that it has, at most; 0 when it has all. Null when it never replayed one. */
  behind: Duration | null
}

/**
 * Compares a replica with the database it follows; null when what is given as one is not a standby. Needs no privilege.
 */
export async function replicaState(primary: Database, replica: Database): Promise<ReplicaState | null> {
  const written = await primary.pool.query<{ position: string }>(
    `select (case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end)::text as position`,
  )
  const { rows } = await replica.pool.query<{ standby: boolean; bytes: string | null; age: string | null }>(
    `select pg_is_in_recovery() as standby, pg_wal_lsn_diff($1::pg_lsn, pg_last_wal_replay_lsn())::bigint as bytes,
            (extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000000)::bigint as age`,
    [written.rows[0]?.position],
  )
  const [found] = rows
  if (found === undefined || !found.standby) return null
  const bytes = Math.max(0, Number(found.bytes))
  return { bytes, behind: bytes === 0 ? 0 : found.age === null ? null : Math.max(0, Number(found.age)) }
}
