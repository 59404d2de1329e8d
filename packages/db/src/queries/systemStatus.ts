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
export async function systemStatus({ pool, prisma }: Database, exact: boolean): Promise<SystemStatus> {
  const counted = (service: Service) =>
    exact
      ? `(select count(*) from notification_${service})`
      : `(select coalesce(sum(s.n_live_tup), 0)::bigint
            from pg_inherits i join pg_stat_all_tables s on s.relid = i.inhrelid
           where i.inhparent = 'notification_${service}'::regclass)`
  const { rows } = await pool.query<Record<Service | 'rejected' | 'backlog', number>>(
    `select ${counted('nova')} as nova, ${counted('glance')} as glance, ${counted('generic')} as generic,
            (select count(*) from rejected_message) as rejected, (select count(*) from backlog) as backlog`,
  )
  const deployments = await prisma.deployment.findMany({ select: { name: true, lastWhen: true } })
  const [counts] = rows
  if (counts === undefined) throw new Error('count query returned no row')
  const { rejected, backlog, ...stored } = counts
  return {
    stored,
    rejected,
    backlog,
    deployments: deployments
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map(({ name, lastWhen }) => ({ name, lastWhen: lastWhen === null ? null : Number(lastWhen) })),
  }
}
