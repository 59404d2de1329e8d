import { type Instant, type Service, stringifyJson, type TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { inTransaction } from '../sql/transaction.ts'

/** Key of the advisory lock for storing scheduled reports, each of which must exist only once. */
const REPORTS_LOCK = 7246_003

/** Parameters of a report besides period and region. */
export interface ReportParameters {
  /** Exactly these deployments; overrides the region. */
  deployments?: string[] | undefined
  percentile?: number | undefined
}

/** Identity of a report: reports with equal values are the same report. */
export interface ReportSubject {
  name: string
  /** The period, as in the report. */
  period: TimePeriod
  /** End of the period; a report made before it is incomplete. */
  over: Instant
  /** The region it covers; empty for all. */
  region: string
  parameters: ReportParameters
}

/** A report with its identity and data. */
export interface MadeReport extends ReportSubject {
  version: number
  createdAt: Instant
  /** The response body of `report/<id>`. */
  json: unknown
}

/**
 * Stores a report.
 *
 * @param once skip it if a complete report with the same identity exists
 * @returns its id, null if it was skipped
 */
export function storeReport({ pool }: Database, report: MadeReport, once: boolean): Promise<number | null> {
  return inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [REPORTS_LOCK])
    const { rows } = await client.query<{ id: number }>(
      `insert into report (name, period_start, period_end, region, parameters, version, created_at, json)
       select $1, $2::bigint, $3::bigint, $4, $5::json, $6, $7, $8::json
        where not $9 or not exists (
          select from report
           where name = $1 and period_start = $2 and period_end = $3 and region = $4 and parameters::text = $5::text
             and created_at >= $10)
       returning id`,
      [
        report.name,
        report.period.from,
        report.period.until,
        report.region,
        canonical(report.parameters),
        report.version,
        report.createdAt,
        stringifyJson(report.json),
        once,
        report.over,
      ],
    )
    return rows[0]?.id ?? null
  })
}

/** Serializes parameters so that equal parameters give equal text. */
function canonical({ deployments, percentile }: ReportParameters): string {
  return JSON.stringify({ deployments: deployments && [...deployments].sort(), percentile })
}

const earliest = { select: { when: true }, orderBy: { when: 'asc' } } as const

const firstNotification: Record<Service, (database: Database) => Promise<{ when: bigint } | null>> = {
  nova: ({ prisma }) => prisma.novaNotification.findFirst(earliest),
  glance: ({ prisma }) => prisma.glanceNotification.findFirst(earliest),
  generic: ({ prisma }) => prisma.genericNotification.findFirst(earliest),
}

/** Filters reports: returns those not made yet whose service sent notifications before the end of the period. */
export async function missingReports<S extends ReportSubject & { service: Service }>(
  database: Database,
  subjects: readonly S[],
): Promise<S[]> {
  const firsts = new Map<Service, number | null>()
  for (const service of new Set(subjects.map(({ service }) => service))) {
    const row = await firstNotification[service](database)
    firsts.set(service, row === null ? null : Number(row.when))
  }
  const possible = subjects.filter(({ service, over }) => (firsts.get(service) ?? over) < over)
  if (possible.length === 0) return []
  const { rows } = await database.pool.query<{ place: number }>(
    `select place
       from unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::bigint[])
            with ordinality as requested(name, period_start, period_end, region, parameters, over, place)
      where not exists (
        select from report r
         where r.name = requested.name and r.period_start = requested.period_start and r.period_end = requested.period_end
           and r.region = requested.region and r.parameters::text = requested.parameters and r.created_at >= requested.over)
      order by place`,
    [
      possible.map(({ name }) => name),
      possible.map(({ period }) => period.from),
      possible.map(({ period }) => period.until),
      possible.map(({ region }) => region),
      possible.map(({ parameters }) => canonical(parameters)),
      possible.map(({ over }) => over),
    ],
  )
  return rows.flatMap(({ place }) => possible[place - 1] ?? [])
}
