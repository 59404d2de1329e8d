import type { Database } from '../connection/open.ts'
import { type ExistsService, type ExistsStatus, existsTables } from './existsStatuses.ts'

/** Numbers of a service's exists by status. */
export interface ExistsOverview {
  /** Of verified exists by PostgreSQL's row statistics. */
  counts: Record<ExistsStatus, number>
  /** Statuses with more exists than were counted. */
  more: ExistsStatus[]
}

const counted = ['pending', 'verifying', 'failed'] as const

/**
 * Counts a service's exists by status.
 *
 * @param limit of the exists of a status: what is read at most
 */
export async function existsOverview(
  { pool }: Database,
  service: ExistsService,
  limit: number,
): Promise<ExistsOverview> {
  const { table } = existsTables[service]
  const { rows } = await pool.query<Record<(typeof counted)[number] | 'all', number>>(
    // Ordered as the index, which a count of many rows would otherwise not use.
    `select coalesce((select n_live_tup from pg_stat_all_tables where relid = '${table}'::regclass), 0) as all,
            ${counted
              .map(
                (status) => `(select count(*) from (select 1 from ${table} where status = '${status}'
                   order by audit_period_beginning desc, id desc limit $1) as ${status}_exists) as ${status}`,
              )
              .join(', ')}`,
    [limit + 1],
  )
  const { all = 0, pending = 0, verifying = 0, failed = 0 } = rows[0] ?? {}
  const found = { pending, verifying, failed }
  const verified = Math.max(0, all - pending - verifying - failed)
  return {
    counts: {
      pending: Math.min(pending, limit),
      verifying: Math.min(verifying, limit),
      failed: Math.min(failed, limit),
      verified,
    },
    more: counted.filter((status) => found[status] > limit),
  }
}
