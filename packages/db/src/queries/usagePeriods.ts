import { DAY, type Instant, type TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { isWholeAuditPeriod } from '../sql/auditPeriod.ts'
import { type ExistsService, type ExistsStatus, existsStatuses, existsTables } from './existsStatuses.ts'

/** The exists of an audit period, by status. */
export interface UsagePeriod {
  beginning: Instant
  ending: Instant
  /** Exists of parts of audit periods, which operations of users cause, are counted by the UTC day of their end. */
  partial: boolean
  counts: Record<ExistsStatus, number>
}

/** Counts a service's exists whose audit period ends in the period, the latest audit period first. */
export async function usagePeriods(
  { pool }: Database,
  { service, period }: { service: ExistsService; period: TimePeriod },
): Promise<UsagePeriod[]> {
  const { table } = existsTables[service]
  const [beginning, ending] = ['audit_period_beginning', 'audit_period_ending']
  const { rows } = await pool.query<{ from: Instant; until: Instant; whole: boolean } & Record<ExistsStatus, number>>(
    `select case when whole then ${beginning} else ${ending} - ${ending} % ${DAY} end as "from",
            case when whole then ${ending} else ${ending} - ${ending} % ${DAY} + ${DAY} end as until, whole,
            ${existsStatuses.map((status) => `coalesce(sum(count) filter (where status = '${status}'), 0)::bigint as ${status}`).join(', ')}
       from (select *, ${isWholeAuditPeriod(beginning, ending)} as whole
               from (select ${beginning}, ${ending}, status, count(*) as count from ${table}
                      where ${ending} >= $1 and ${ending} < $2 and ${beginning} is not null
                      group by 1, 2, 3) periods) judged
      group by 1, 2, 3
      order by 2 desc, 1 desc, 3 desc`,
    [period.from, period.until],
  )
  return rows.map(({ from, until, whole, ...counts }) => ({ beginning: from, ending: until, partial: !whole, counts }))
}
