import type { HoursExists, TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { streamRows } from '../sql/streamRows.ts'
import type { ExistsStatus } from './existsStatuses.ts'

/** An exists of a tenant, as instance hours count it, with its status: only verified ones count. */
export interface TenantExists extends HoursExists {
  status: ExistsStatus
}

/**
 * Yields the exists of a tenant whose audit period lies in a period, in the order in which instance hours count them: by
 * instance, then by the first moment they report.
 */
export function tenantExists(
  { pool }: Database,
  { tenant, period: { from, until } }: { tenant: string; period: TimePeriod },
): AsyncGenerator<TenantExists[]> {
  return streamRows<TenantExists>(
    pool,
    `select dedup_key || ' ' || deployment_id as identity, instance, "when", launched_at::float8 as "launchedAt",
            deleted_at::float8 as "deletedAt", audit_period_beginning as "auditPeriodBeginning",
            audit_period_ending as "auditPeriodEnding", tenant, coalesce(instance_flavor_id, instance_type_id) as flavor,
            flavor_name as "flavorName", memory_mb::float8 as "memoryMb", status
       from instance_exists
      where tenant = $1 and audit_period_ending between $2 and $3 and audit_period_beginning >= $2
      order by instance collate "C", greatest(audit_period_beginning, launched_at)`,
    [tenant, from, until],
  )
}

/** The imported account of a tenant. */
export interface TenantAccountInfo {
  accountName: string
  billingAccount: string
  types: Record<string, string>
}

/** The account of a tenant; null if none was imported. */
export async function tenantAccount({ prisma }: Database, tenant: string): Promise<TenantAccountInfo | null> {
  const row = await prisma.tenantInfo.findUnique({
    where: { tenant },
    include: { types: { orderBy: { name: 'asc' } } },
  })
  if (row === null) return null
  const types = Object.fromEntries(row.types.map(({ name, value }) => [name, value]))
  return { accountName: row.accountName, billingAccount: row.billingAccount, types }
}

/** The period in which a tenant has exists with an audit period, by its end; null without any. */
export async function tenantUsageSpan({ pool }: Database, tenant: string): Promise<TimePeriod | null> {
  const { rows } = await pool.query<{ from: number | null; until: number | null }>(
    `select min(audit_period_ending) as "from", max(audit_period_ending) as until from instance_exists where tenant = $1`,
    [tenant],
  )
  const { from = null, until = null } = rows[0] ?? {}
  return from === null || until === null ? null : { from, until }
}
