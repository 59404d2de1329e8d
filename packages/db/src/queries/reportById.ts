import type { Instant } from '@stacktach/domain'
import type { Database } from '../open.ts'

/** A stored report with what it was made from. */
export interface StoredReport {
  id: number
  name: string
  version: number
  periodStart: Instant
  periodEnd: Instant
  /** The report as JSON text. */
  json: string
}

/** The report with an id, null when there is none. */
export async function reportById({ pool }: Database, id: number): Promise<StoredReport | null> {
  const { rows } = await pool.query<{
    name: string
    version: number
    period_start: string
    period_end: string
    json: string
  }>('select name, version, period_start, period_end, json::text as json from report where id = $1', [id])
  const [row] = rows
  if (row === undefined) return null
  const { name, version, json } = row
  return { id, name, version, periodStart: Number(row.period_start), periodEnd: Number(row.period_end), json }
}
