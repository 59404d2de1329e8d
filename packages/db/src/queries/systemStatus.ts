import type { Instant, Service } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'

/** Overview of the stored data. */
export interface SystemStatus {
  /** Number of notifications per service. */
  stored: Record<Service, number>
  rejected: number
  /** Number of rows not yet folded. */
  backlog: number
  deployments: { name: string; lastWhen: Instant | null }[]
}

/**
 * Reads the overview.
 *
 * @param exact count the notifications; else use PostgreSQL's row statistics, which are cheap and about one second late
 */
export async function systemStatus({ pool }: Database, exact: boolean): Promise<SystemStatus> {
  const counted = (service: Service) =>
    exact
      ? `(select count(*) from notification_${service})`
      : `(select coalesce(sum(s.n_live_tup), 0)::bigint
            from pg_inherits i join pg_stat_all_tables s on s.relid = i.inhrelid
           where i.inhparent = 'notification_${service}'::regclass)`
  const { rows } = await pool.query<Record<'nova' | 'glance' | 'generic' | 'rejected' | 'backlog', string>>(
    `select ${counted('nova')} as nova, ${counted('glance')} as glance, ${counted('generic')} as generic,
            (select count(*) from rejected_message) as rejected, (select count(*) from backlog) as backlog`,
  )
  const deployments = await pool.query<{ name: string; last_when: string | null }>(
    'select name, last_when from deployment order by name collate "C"',
  )
  const [counts] = rows
  return {
    stored: {
      nova: Number(counts?.nova),
      glance: Number(counts?.glance),
      generic: Number(counts?.generic),
    },
    rejected: Number(counts?.rejected),
    backlog: Number(counts?.backlog),
    deployments: deployments.rows.map(({ name, last_when }) => ({
      name,
      lastWhen: last_when === null ? null : Number(last_when),
    })),
  }
}
