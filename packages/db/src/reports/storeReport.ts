import type { Instant, Service } from '@stacktach/domain'
import { numberOrNull } from '../hot/numbers.ts'
import type { Database } from '../open.ts'
import { inTransaction } from '../transaction.ts'
import type { ReportPeriod } from './countImageEvents.ts'

/** Key of the advisory lock under which reports that are made once are stored. */
const REPORTS_LOCK = 7246_002

/** A report with what it was made from. */
export interface MadeReport {
  name: string
  version: number
  period: ReportPeriod
  createdAt: Instant
  /** What `report/<id>` answers. */
  json: unknown
}

/**
 * Stores a report.
 *
 * @param once leave it when there is one of this name and period already
 * @returns its id, null when it was left
 */
export function storeReport({ pool }: Database, report: MadeReport, once: boolean): Promise<number | null> {
  return inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [REPORTS_LOCK])
    const { rows } = await client.query<{ id: string }>(
      `insert into report (name, version, period_start, period_end, created_at, json)
       select $1, $2, $3::bigint, $4::bigint, $5, $6
        where not $7 or not exists (select from report where name = $1 and period_start = $3 and period_end = $4)
       returning id`,
      [
        report.name,
        report.version,
        report.period.start,
        report.period.end,
        report.createdAt,
        JSON.stringify(report.json),
        once,
      ],
    )
    return rows[0] ? Number(rows[0].id) : null
  })
}

/** Of some periods since the first notification of a service, those of which there is no report of that name. */
export async function periodsWithoutReport(
  { pool }: Database,
  name: string,
  service: Service,
  periods: readonly ReportPeriod[],
): Promise<ReportPeriod[]> {
  const { rows } = await pool.query<{ period_start: string; period_end: string }>(
    'select period_start, period_end from report where name = $1 and period_start = any($2)',
    [name, periods.map(({ start }) => start)],
  )
  const first = await pool.query<{ first: string | null }>(`select min("when") as first from notification_${service}`)
  const since = numberOrNull(first.rows[0]?.first ?? null)
  const made = new Set(rows.map((row) => `${row.period_start} ${row.period_end}`))
  return periods.filter(({ start, end }) => since !== null && since < end && !made.has(`${start} ${end}`))
}
