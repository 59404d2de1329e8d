import type { Database } from '../open.ts'
import { type ListedReport, toListedReport } from './listedReport.ts'
import { Parameters } from './parameters.ts'
import type { Page, Period } from './period.ts'

export interface ReportSearch extends Page {
  id?: bigint | undefined
  name?: string | undefined
  created?: Period | undefined
  /** Microseconds of unix time, as is the end: exactly these. */
  periodStart?: number | undefined
  periodEnd?: number | undefined
}

type Row = Record<'id' | 'periodStart' | 'periodEnd' | 'createdAt', string> & { name: string; version: number }

/** Reports that meet every condition given, newest id first. */
export async function searchReports(db: Database, search: ReportSearch): Promise<ListedReport[]> {
  const { id, name, created, periodStart, periodEnd, limit, offset } = search
  const parameters = new Parameters()
  const indexed: string[] = []
  if (id !== undefined) indexed.push(`id = ${parameters.bind(id)}`)
  if (name !== undefined) indexed.push(`name = ${parameters.bind(name)}`)
  if (created !== undefined) {
    indexed.push(`created_at >= ${parameters.bind(created.min)} and created_at <= ${parameters.bind(created.max)}`)
  }
  const tried: string[] = []
  if (periodStart !== undefined) {
    // The index by name goes on with the start.
    const conditions = name === undefined ? tried : indexed
    conditions.push(`period_start = ${parameters.bind(periodStart)}`)
  }
  if (periodEnd !== undefined) tried.push(`period_end = ${parameters.bind(periodEnd)}`)
  // `offset 0`: what no index leads to is tried on the rows newest first, rather than by scanning the whole table.
  const { rows } = await db.pool.query<Row>(
    `select id, name, version, period_start as "periodStart", period_end as "periodEnd", created_at as "createdAt"
       from (select * from report ${where(indexed)} order by id desc offset 0) r ${where(tried)}
      order by id desc limit ${parameters.bind(limit)} offset ${parameters.bind(offset)}`,
    parameters.values,
  )
  return rows.map((row) =>
    toListedReport({
      ...row,
      id: BigInt(row.id),
      periodStart: BigInt(row.periodStart),
      periodEnd: BigInt(row.periodEnd),
      createdAt: BigInt(row.createdAt),
    }),
  )
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
}
