import type { Instant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import type { Partition } from '../retention/seal.ts'
import type { HorizonKind } from '../store/horizon.ts'

/** The oldest data kept of each kind, and the partitions. */
export interface RetentionState {
  horizons: { kind: HorizonKind; instant: Instant }[]
  /** Oldest first. A sealed partition is about to be dropped. */
  partitions: (Partition & { sealed: boolean; bytes: number })[]
}

export async function retentionState({ pool }: Database): Promise<RetentionState> {
  const horizons = await pool.query<{ kind: HorizonKind; instant: number }>('select * from horizon order by kind')
  const partitions = await pool.query<{
    service: Partition['service']
    lower: number
    upper: number
    name: string
    sealed: boolean
    bytes: number | null
  }>(
    `select service, lower, upper, name, sealed, pg_total_relation_size(to_regclass(name)) as bytes
       from notification_partition order by service, lower`,
  )
  return {
    horizons: horizons.rows,
    partitions: partitions.rows.map(({ service, lower, upper, name, sealed, bytes }) => ({
      service,
      name,
      sealed,
      from: lower,
      until: upper,
      bytes: bytes ?? 0,
    })),
  }
}
