import type { Instant, TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import type { ListedReport } from './listedReport.ts'
import { Parameters } from './parameters.ts'

export interface ReportList {
  /** Undefined: all names. */
  name?: string | undefined
  /** When it was created; undefined: at any time. */
  created?: TimePeriod | undefined
  /** The last report of the page before. */
  after?: { createdAt: Instant; id: number } | undefined
  limit: number
}

/** Reports by the time of creation, latest first. */
export async function listReports(
  { pool }: Database,
  { name, created, after, limit }: ReportList,
): Promise<ListedReport[]> {
  const parameters = new Parameters()
  const conditions = ['true']
  if (name !== undefined) conditions.push(`name = ${parameters.bind(name)}`)
  if (created !== undefined) {
    conditions.push(`created_at >= ${parameters.bind(created.from)} and created_at < ${parameters.bind(created.until)}`)
  }
  if (after !== undefined) {
    conditions.push(
      `(created_at, id) < (${parameters.bind(after.createdAt)}::bigint, ${parameters.bind(after.id)}::bigint)`,
    )
  }
  const { rows } = await pool.query<ListedReport>(
    `select id, name, version, region, period_start as "periodStart", period_end as "periodEnd", created_at as "createdAt"
       from report where ${conditions.join(' and ')}
      order by created_at desc, id desc limit ${parameters.bind(limit)}`,
    parameters.values,
  )
  return rows
}
