import {
  addExists,
  emptyHoursSweep,
  finishHours,
  type HoursExists,
  type HoursUsage,
  type TenantAccount,
  type TenantHours,
} from '@stacktach/domain'
import { forEachBatchInTransaction } from '../sql/forEachBatch.ts'
import type { Queryable } from '../sql/transaction.ts'
import type { ReportScope } from './scope.ts'

/** Verified exists whose audit period lies in the period. Parameters: $1 start, $2 end, $3 ids of the deployments. */
const verifiedExists = `
  from instance_exists
 where status = 'verified' and audit_period_ending between $1 and $2 and audit_period_beginning >= $1
   and ($3::int[] is null or deployment_id = any($3))`

const flavor = 'coalesce(instance_flavor_id, instance_type_id) as flavor'

/**
 * Sums verified exists whose audit period lies in the period by tenant and flavor, with the imported tenant data.
 *
 * @param client inside a transaction
 */
export async function sumInstanceHours(client: Queryable, scope: ReportScope): Promise<HoursUsage> {
  const usage = scope.rules === 'today' ? await sweepExists(client, scope) : await sumExists(client, scope)
  const { rows: accounts } = await client.query<TenantAccount>(
    `select tenant, account_name as "accountName",
            coalesce((select json_object_agg(t.name, t.value order by t.name)
                        from tenant_type t where t.tenant = i.tenant), '{}') as types
       from tenant_info i where tenant = any($1)`,
    [[...new Set(usage.hours.map(({ tenant }) => tenant))]],
  )
  const { rows: types } = await client.query<{ name: string }>('select distinct name from tenant_type order by name')
  return { ...usage, accounts, typeNames: types.map(({ name }) => name) }
}

/** Each moment of an instance counts once. */
async function sweepExists(
  client: Queryable,
  { period: { from, until }, deployments }: ReportScope,
): Promise<Pick<HoursUsage, 'hours' | 'overlap'>> {
  const sweep = emptyHoursSweep()
  // The cursor is read to its end, so plan for the total time and not for the first rows.
  await client.query('set local cursor_tuple_fraction = 1')
  await forEachBatchInTransaction<HoursExists>(
    client,
    `select dedup_key || ' ' || deployment_id as identity, instance, "when", launched_at::float8 as "launchedAt",
            deleted_at::float8 as "deletedAt", audit_period_beginning as "auditPeriodBeginning",
            audit_period_ending as "auditPeriodEnding", tenant, ${flavor}, flavor_name as "flavorName",
            memory_mb::float8 as "memoryMb"
       ${verifiedExists}
      order by instance collate "C", greatest(audit_period_beginning, launched_at)`,
    [from, until, deployments],
    (rows) => {
      for (const row of rows) addExists(sweep, row)
    },
  )
  return finishHours(sweep)
}

/** StackTach's sum: each exists counts, also when others report the same time. */
async function sumExists(
  client: Queryable,
  { period: { from, until }, deployments }: ReportScope,
): Promise<Pick<HoursUsage, 'hours'>> {
  const { rows } = await client.query<TenantHours>(
    `select tenant, ${flavor}, min(flavor_name) as "flavorName", memory_mb::float8 as "memoryMb", count(*)::int as count,
            sum(ceil(greatest(0, least(deleted_at, audit_period_ending) - greatest(launched_at, audit_period_beginning))
                     / 3600000000::numeric))::float8 as hours
       ${verifiedExists}
      group by 1, 2, 4 order by 1, 2, 4`,
    [from, until, deployments],
  )
  return { hours: rows }
}
