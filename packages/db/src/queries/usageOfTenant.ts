import type { Duration, TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { type ExistsStatus, existsStatuses } from './existsStatuses.ts'

/** What the exists of an instance report about a period. */
export interface InstanceUsage {
  instance: string
  /** By the latest exists. */
  flavorName: string | null
  instanceTypeId: string | null
  instanceFlavorId: string | null
  /** Time of existence; time that several exists report counts once. */
  existed: Duration
  /** Number of its exists. */
  counts: Record<ExistsStatus, number>
}

/** Usage of a tenant in a period. */
export interface UsageOfTenant {
  instances: number
  existed: Duration
  /** One page, by instance. */
  page: InstanceUsage[]
}

/**
 * The usage of a tenant by the exists whose audit period ends in the period, one page of instances.
 *
 * @param after the last instance of the page before
 */
export async function usageOfTenant(
  { pool }: Database,
  { tenant, period, after, limit }: { tenant: string; period: TimePeriod; after?: string | undefined; limit: number },
): Promise<UsageOfTenant> {
  const { rows } = await pool.query<
    Omit<InstanceUsage, 'counts'> & Record<ExistsStatus, number> & { instances: number; total: Duration }
  >(
    `with own as materialized (
       select id, "when", instance, status, flavor_name, instance_type_id, instance_flavor_id,
              greatest(audit_period_beginning, launched_at) as lower,
              least(audit_period_ending, coalesce(deleted_at, audit_period_ending)) as upper
         from instance_exists
        where tenant = $1 and audit_period_ending >= $2 and audit_period_ending < $3
          and audit_period_beginning is not null),
     uncounted as (
       -- The part of each exists that no earlier one of the instance reports.
       select *, greatest(lower, max(upper) over (partition by instance order by lower, upper, id
                                                  rows between unbounded preceding and 1 preceding)) as start
         from own),
     usage as (
       select instance, sum(greatest(0, upper - start))::bigint as existed,
              (array_agg(flavor_name order by "when" desc, id desc))[1] as "flavorName",
              (array_agg(instance_type_id order by "when" desc, id desc))[1] as "instanceTypeId",
              (array_agg(instance_flavor_id order by "when" desc, id desc))[1] as "instanceFlavorId",
              ${existsStatuses.map((status) => `count(*) filter (where status = '${status}') as ${status}`).join(', ')}
         from uncounted group by instance)
     select usage.*, sums.*
       from (select count(*) as instances, coalesce(sum(existed), 0)::bigint as total from usage) sums
       left join (select * from usage where $4::text is null or instance collate "C" > $4
                   order by instance collate "C" limit $5) usage on true
      order by instance collate "C"`,
    [tenant, period.from, period.until, after ?? null, limit],
  )
  const [first] = rows
  return {
    instances: first?.instances ?? 0,
    existed: first?.total ?? 0,
    page: rows.flatMap(({ instances: _, total: __, pending, verifying, verified, failed, ...usage }) =>
      // Without a row in the page, the sums stand alone.
      usage.instance === null ? [] : [{ ...usage, counts: { pending, verifying, verified, failed } }],
    ),
  }
}
