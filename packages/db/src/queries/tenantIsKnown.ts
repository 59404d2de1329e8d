import type { Database } from '../connection/open.ts'

/** Whether nova has sent any notification of the tenant. Searches the newest partitions first: a match there is likely. */
export async function tenantIsKnown(db: Database, tenant: string): Promise<boolean> {
  const { rows } = await db.pool.query(
    `select 1 from notification_nova where tenant = $1 order by "when" desc, id desc limit 1`,
    [tenant],
  )
  return rows.length > 0
}
