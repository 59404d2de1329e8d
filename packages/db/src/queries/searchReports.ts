import type { TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { opaqueToPlanner } from '../sql/opaqueToPlanner.ts'
import type { ListedReport } from './listedReport.ts'
import { Parameters } from './parameters.ts'
import type { Page } from './period.ts'

export interface ReportSearch extends Page {
  id?: bigint | undefined
  name?: string | undefined
  created?: TimePeriod | undefined
  /** Microseconds of Unix time, as is the end; both match exactly. */
  periodStart?: number | undefined
  periodEnd?: number | undefined
}

/** Reports that match all defined conditions, highest id first. */
export async function searchReports(db: Database, search: ReportSearch): Promise<ListedReport[]> {
  const { id, name, created, periodStart, periodEnd, limit, offset } = search
  const parameters = new Parameters()
  const conditions: string[] = []
  if (id !== undefined) conditions.push(`id = ${parameters.bind(id)}`)
  if (name !== undefined) conditions.push(`name = ${parameters.bind(name)}`)
  if (created !== undefined) {
    conditions.push(`created_at >= ${parameters.bind(created.from)} and created_at < ${parameters.bind(created.until)}`)
  }
  if (periodStart !== undefined) {
    const starts = `period_start = ${parameters.bind(periodStart)}`
    // The second column of the index by name is the start.
    conditions.push(name === undefined ? opaqueToPlanner(starts) : starts)
  }
  if (periodEnd !== undefined) conditions.push(opaqueToPlanner(`period_end = ${parameters.bind(periodEnd)}`))
  const { rows } = await db.pool.query<ListedReport>(
    `select id, name, version, region, period_start as "periodStart", period_end as "periodEnd", created_at as "createdAt"
       from report ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`}
      order by id desc limit ${parameters.bind(limit)} offset ${parameters.bind(offset)}`,
    parameters.values,
  )
  return rows
}
