import type { Database } from '../connection/open.ts'
import type { Queryable } from '../sql/transaction.ts'
import { type ExistsService, type ExistsStatus, existsStatuses, existsTables } from './existsStatuses.ts'

export interface ExistsCounts {
  status: Record<ExistsStatus, number>
  /** Number of exists by the broker's send status; 0 is unsent. */
  sendStatus: Record<string, number>
  /** Failed exists by the part of the reason before the colon, most frequent first. */
  reasons: { reason: string; number: number }[]
}

/** Counts a service's exists by status, send status and reason. Reads the whole table. */
export async function countExists({ pool }: Database, service: ExistsService): Promise<ExistsCounts> {
  const { table } = existsTables[service]
  const counted = await pool.query<{ status: ExistsStatus; send_status: number; number: number }>(
    `select status, send_status, count(*) as number from ${table} group by 1, 2 order by 1, 2`,
  )
  const reasons = await pool.query<{ reason: string; number: number }>(
    `select split_part(coalesce(fail_reason, ''), ':', 1) as reason, count(*) as number
       from ${table} where status = 'failed' group by 1 order by 2 desc, 1`,
  )
  const status = { pending: 0, verifying: 0, verified: 0, failed: 0 }
  const sendStatus: Record<string, number> = {}
  for (const row of counted.rows) {
    status[row.status] += row.number
    sendStatus[row.send_status] = (sendStatus[row.send_status] ?? 0) + row.number
  }
  return { status, sendStatus, reasons: reasons.rows }
}

/**
 * Counts a service's exists by status.
 *
 * @param exact also count verified exists; else their number is derived from PostgreSQL's row statistics
 */
export async function countExistsStatus(
  { pool }: { pool: Queryable },
  service: ExistsService,
  exact: boolean,
): Promise<Record<ExistsStatus, number>> {
  const { table } = existsTables[service]
  const counted = exact ? existsStatuses : existsStatuses.filter((status) => status !== 'verified')
  const { rows } = await pool.query<Record<ExistsStatus | 'all', number | null>>(
    `select (select n_live_tup from pg_stat_all_tables where relid = '${table}'::regclass) as all,
            ${counted.map((status) => `(select count(*) from ${table} where status = '${status}') as ${status}`).join(', ')}`,
  )
  const [row] = rows
  const of = (status: ExistsStatus | 'all') => row?.[status] ?? 0
  const rest = Math.max(0, of('all') - of('pending') - of('verifying') - of('failed'))
  return {
    pending: of('pending'),
    verifying: of('verifying'),
    verified: exact ? of('verified') : rest,
    failed: of('failed'),
  }
}
