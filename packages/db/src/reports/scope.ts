import type { Rules, TimePeriod } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'

/** The deployments and rules of a report. */
export interface ReportScope {
  period: TimePeriod
  /** Ids of the deployments it covers; null for all, which needs no query. */
  deployments: readonly number[] | null
  rules: Rules
}

/** Selects the deployments of a report: the named ones, else those whose name begins with the region. */
export async function deploymentsInRegion(
  client: Queryable,
  { region, names }: { region: string; names: readonly string[] },
): Promise<{ id: number; name: string }[]> {
  const { rows } = await client.query<{ id: number; name: string }>(
    `select id, name from deployment
      where case when $2::text[] = '{}' then starts_with(lower(name), lower($1)) else name = any($2) end
      order by name`,
    [region, names],
  )
  return rows
}
