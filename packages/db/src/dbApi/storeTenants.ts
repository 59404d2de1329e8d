import type { Instant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { inTransaction } from '../sql/transaction.ts'
import { retryDeadlock } from './retryDeadlock.ts'

/** Who a tenant is, as a billing system says. */
export interface TenantDescription {
  tenant: string
  name: string
  types: Readonly<Record<string, string>>
}

/**
 * Stores tenants and all their types in one transaction. The billing account of a known tenant stays; a new one gets the
 * tenant's id.
 *
 * @param tenants distinct
 * @param keepsNames whether, under StackTach's rules, the names of known tenants stay as they are
 */
export function storeTenants(
  { pool }: Pick<Database, 'pool'>,
  tenants: readonly TenantDescription[],
  { now, keepsNames }: { now: Instant; keepsNames: boolean },
): Promise<void> {
  const types = tenants.flatMap(({ tenant, types }) =>
    Object.entries(types).map(([name, value]) => ({ tenant, name, value })),
  )
  const ids = tenants.map(({ tenant }) => tenant)
  return retryDeadlock(() =>
    inTransaction(pool, async (client) => {
      await client.query(
        `insert into tenant_info (tenant, account_name, billing_account, updated_at)
         select tenant, name, tenant, $3::bigint from unnest($1::text[], $2::text[]) as input(tenant, name) order by 1
         on conflict (tenant) do update
            set updated_at = excluded.updated_at,
                account_name = case when $4 and (select value from setting where name = 'rules') = 'stacktach'
                                    then tenant_info.account_name else excluded.account_name end`,
        [ids, tenants.map(({ name }) => name), now, keepsNames],
      )
      await client.query('delete from tenant_type where tenant = any($1)', [ids])
      await client.query(
        'insert into tenant_type (tenant, name, value) select * from unnest($1::text[], $2::text[], $3::text[])',
        [types.map(({ tenant }) => tenant), types.map(({ name }) => name), types.map(({ value }) => value)],
      )
    }),
  )
}
