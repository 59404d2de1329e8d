import type { Instant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import type { ReportParameters } from '../reports/storeReport.ts'

/** A stored report with its parameters. */
export interface StoredReport {
  id: number
  name: string
  version: number
  region: string
  parameters: ReportParameters
  periodStart: Instant
  periodEnd: Instant
  createdAt: Instant
  /** JSON text of the report. */
  json: string
}

/** A report by id; null if there is none. */
export async function reportById({ pool }: Database, id: number): Promise<StoredReport | null> {
  const { rows } = await pool.query<{
    name: string
    version: number
    region: string
    parameters: ReportParameters
    period_start: number
    period_end: number
    created_at: number
    json: string
  }>(
    `select name, version, region, parameters, period_start, period_end, created_at, json::text as json
       from report where id = $1`,
    [id],
  )
  const [row] = rows
  if (row === undefined) return null
  const { period_start, period_end, created_at, ...rest } = row
  return {
    id,
    ...rest,
    periodStart: period_start,
    periodEnd: period_end,
    createdAt: created_at,
  }
}
