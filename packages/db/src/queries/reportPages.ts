import type { Instant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import type { ReportParameters } from '../reports/storeReport.ts'
import type { ListedReport } from './listedReport.ts'

/** A report with its JSON, unless that is too long to be shown. */
export interface ShownReport extends ListedReport {
  parameters: ReportParameters
  /** Length of the JSON text in bytes. */
  bytes: number
  /** JSON text; null if it is longer than allowed. */
  json: string | null
}

const columns = `id, name, version, region, parameters, period_start as "periodStart", period_end as "periodEnd",
       created_at as "createdAt"`

/**
 * A report by id; null if there is none.
 *
 * @param maxBytes a longer JSON text is not read
 */
export async function reportToShow({ pool }: Database, id: number, maxBytes: number): Promise<ShownReport | null> {
  const { rows } = await pool.query<ShownReport>(
    `select ${columns}, octet_length(text) as bytes, case when octet_length(text) <= $2 then text end as json
       from (select *, json::text as text from report where id = $1) as stored`,
    [id, maxBytes],
  )
  return rows[0] ?? null
}

/** The report of the same name, region and parameters whose period is the latest before that of a report. */
export async function previousReport({ pool }: Database, report: ListedReport): Promise<{ id: number } | null> {
  const { rows } = await pool.query<{ id: number }>(
    `select r.id from report r
      where r.name = $1 and r.period_start < $2 and r.region = $3
        and r.parameters::text = (select parameters::text from report where id = $4)
        and r.period_end - r.period_start between $5::bigint / 2 and $5::bigint * 2
      order by r.period_start desc, r.id desc limit 1`,
    [report.name, report.periodStart, report.region, report.id, report.periodEnd - report.periodStart],
  )
  return rows[0] ?? null
}

/** The names of the stored reports, in order: one index step for each, at most `limit`. */
export async function reportNames({ pool }: Database, limit: number): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `with recursive names as (
       (select name from report order by name limit 1)
       union all
       select (select r.name from report r where r.name > n.name order by r.name limit 1)
         from names n where n.name is not null
     )
     select name from names where name is not null limit $1`,
    [limit],
  )
  return rows.map(({ name }) => name)
}

/** What a nova usage audit found missing. */
export interface MissingExists {
  reportId: number
  periodStart: Instant
  periodEnd: Instant
  region: string
  /** Launches without exists that cover their time; null if the report does not say. */
  launches: number | null
}

/** The launches without exists in the latest nova usage audits, latest first. */
export async function missingExists({ pool }: Database, limit: number): Promise<MissingExists[]> {
  const { rows } = await pool.query<MissingExists>(
    `select id as "reportId", period_start as "periodStart", period_end as "periodEnd", region,
            case when json_typeof(json) = 'object'
                 then (json #>> '{summary,launch_summary,failures}')::int end as launches
       from (select * from report where name = 'nova usage audit' order by period_start desc, id desc limit $1) as latest
      order by period_start desc, id desc`,
    [limit],
  )
  return rows
}
