import type { Instant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { inTransaction } from '../sql/transaction.ts'

/** A tenant's account and types, for billing. */
export interface ImportedTenant {
  tenant: string
  accountName: string
  billingAccount: string
  types: Record<string, string>
}

/** Number of tenants written by one statement. */
const BATCH = 5_000

/**
 * Stores tenants in one transaction. Existing tenants and their types are replaced; tenants not in the list stay unchanged.
 *
 * @param onProgress called with the number of tenants written so far
 */
export function importTenants(
  { pool }: Database,
  tenants: readonly ImportedTenant[],
  { now, onProgress }: { now: Instant; onProgress: (written: number) => void },
): Promise<void> {
  return inTransaction(pool, async (client) => {
    for (let from = 0; from < tenants.length; from += BATCH) {
      const batch = tenants.slice(from, from + BATCH)
      await client.query(
        `insert into tenant_info (tenant, account_name, billing_account, updated_at)
         select input.*, $4::bigint from unnest($1::text[], $2::text[], $3::text[]) as input order by 1
         on conflict (tenant) do update
            set account_name = excluded.account_name, billing_account = excluded.billing_account,
                updated_at = excluded.updated_at`,
        [
          batch.map(({ tenant }) => tenant),
          batch.map(({ accountName }) => accountName),
          batch.map(({ billingAccount }) => billingAccount),
          now,
        ],
      )
      await client.query('delete from tenant_type where tenant = any($1)', [batch.map(({ tenant }) => tenant)])
      const types = batch.flatMap(({ tenant, types }) =>
        Object.entries(types).map(([name, value]) => ({ tenant, name, value })),
      )
      await client.query(
        `insert into tenant_type (tenant, name, value) select * from unnest($1::text[], $2::text[], $3::text[])`,
        [types.map(({ tenant }) => tenant), types.map(({ name }) => name), types.map(({ value }) => value)],
      )
      onProgress(from + batch.length)
    }
  })
}
