import type { Instant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import type { ExistsService, ExistsStatus } from './existsStatuses.ts'

/** Number of exists of an audit period with the same verdict. */
export interface ExistsPeriodCount {
  /** The end of a whole audit period; null: sent during the period, at an action of the user. */
  periodEnd: Instant | null
  deployment: string | null
  status: ExistsStatus
  /** Of a failed exists: the part of the reason before the colon. */
  reason: string | null
  /** Whether it was published as verified. A published exists that failed was contradicted later. */
  published: boolean
  count: number
}

/** The exists of an audit period. */
export interface ExistsPeriod {
  /** The beginning of the audit period; null: exists without an audit period. */
  start: Instant | null
  counts: ExistsPeriodCount[]
}

interface ExistsPeriodSearch {
  service: ExistsService
  /** Name of a deployment; undefined: all. */
  deployment?: string | undefined
  /** Only audit periods that begin before it. */
  before?: Instant | undefined
  limit: number
}

/** Audit periods by their beginning, latest first, with the numbers of their exists. Reads counts, not exists. */
export async function existsPeriods(
  { pool }: Database,
  { service, deployment, before, limit }: ExistsPeriodSearch,
): Promise<ExistsPeriod[]> {
  // One index step for each period, whatever the number of its counts.
  const { rows } = await pool.query<{ periodStart: Instant; counts: ExistsPeriodCount[] }>(
    `with recursive latest as (
       select (select max(period_start) from exists_count
                where service = $1 and ($2::bigint is null or period_start < $2)) as period_start
       union all
       select (select max(c.period_start) from exists_count c where c.service = $1 and c.period_start < l.period_start)
         from latest l where l.period_start is not null
     ), listed as (
       select period_start from latest where period_start is not null limit $3
     )
     select l.period_start as "periodStart",
            coalesce((select json_agg(json_build_object(
                        'periodEnd', nullif(period_end, 0), 'deployment', deployment, 'status', status,
                        'reason', nullif(reason, ''), 'published', published, 'count', number)
                        order by period_end desc, deployment, status, reason, published)
                        from (select c.period_end, d.name as deployment, c.status, c.reason, c.published,
                                     sum(c.count)::bigint as number
                                from exists_count c left join deployment d on d.id = c.deployment_id
                               where c.service = $1 and c.period_start = l.period_start
                                 and ($4::text is null or d.name = $4)
                               group by 1, 2, 3, 4, 5 having sum(c.count) > 0) as summed), '[]') as counts
       from listed l order by l.period_start desc`,
    [service, before ?? null, limit, deployment ?? null],
  )
  return rows.map(({ periodStart, counts }) => ({ start: periodStart === 0 ? null : periodStart, counts }))
}
