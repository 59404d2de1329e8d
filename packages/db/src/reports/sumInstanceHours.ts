import type { HoursUsage, TenantAccount, TenantHours } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'
import type { ReportScope } from './scope.ts'

/** Sums verified exists whose audit period lies in the period by tenant and flavor, with the imported tenant data. */
export async function sumInstanceHours(
  client: Queryable,
  { period: { from: start, until: end }, deployments }: ReportScope,
): Promise<HoursUsage> {
  const { rows: hours } = await client.query<TenantHours>(
    `select tenant, coalesce(instance_flavor_id, instance_type_id) as flavor, min(flavor_name) as "flavorName",
            memory_mb::float8 as "memoryMb", count(*)::int as count,
            sum(ceil(greatest(0, least(deleted_at, audit_period_ending) - greatest(launched_at, audit_period_beginning))
                     / 3600000000::numeric))::float8 as hours
       from instance_exists
      where status = 'verified' and audit_period_ending between $1 and $2 and audit_period_beginning >= $1
        and ($3::int[] is null or deployment_id = any($3))
      group by 1, 2, 4 order by 1, 2, 4`,
    [start, end, deployments],
  )
  const { rows: accounts } = await client.query<TenantAccount>(
    `select tenant, account_name as "accountName",
            coalesce((select json_object_agg(t.name, t.value order by t.name)
                        from tenant_type t where t.tenant = i.tenant), '{}') as types
       from tenant_info i where tenant = any($1)`,
    [[...new Set(hours.map(({ tenant }) => tenant))]],
  )
  const { rows: types } = await client.query<{ name: string }>('select distinct name from tenant_type order by name')
  return { hours, accounts, typeNames: types.map(({ name }) => name) }
}
