import { type Instant, type Service, services } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { type BacklogState, backlogState } from './metricsQueries.ts'

/** What is stored, as far as the read role may know it. */
export interface StorageOverview {
  /** Numbers of notifications by PostgreSQL's row statistics. */
  stored: Record<Service, number>
  /** Number of rejected messages by PostgreSQL's row statistics: the read role cannot read the table. */
  rejected: number
  backlog: BacklogState
  /** Verified exists that are not yet published. */
  unsent: number
  /** The time from which data is kept, by kind: a service, or aggregates. */
  horizons: { kind: string; instant: Instant }[]
}

/** Reads the overview. Its cost depends on the backlog, not on what is stored. */
export async function storageOverview({ pool }: Database): Promise<StorageOverview> {
  const backlog = await backlogState(pool)
  const { rows } = await pool.query<Record<Service | 'rejected' | 'unsent', number>>(
    `select ${services.map((service) => `${liveRows(service)} as ${service}`).join(', ')},
            (select n_live_tup from pg_stat_all_tables where relid = 'rejected_message'::regclass) as rejected,
            (select count(*) from outbox where send_status = 0) as unsent`,
  )
  const horizons = await pool.query<{ kind: string; instant: Instant }>(
    'select kind, instant from horizon order by kind',
  )
  const [counts] = rows
  if (counts === undefined) throw new Error('count query returned no row')
  const { rejected, unsent, ...stored } = counts
  return { stored, rejected, backlog, unsent, horizons: horizons.rows }
}

function liveRows(service: Service): string {
  return `(select coalesce(sum(s.n_live_tup), 0)::bigint
             from pg_inherits i join pg_stat_all_tables s on s.relid = i.inhrelid
            where i.inhparent = 'notification_${service}'::regclass)`
}
