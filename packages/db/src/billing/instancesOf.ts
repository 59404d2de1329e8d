import type { TimePeriod } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'

/** Whose usage is read. */
export interface UsageScope {
  period: TimePeriod
  /** Null: all. */
  tenants: readonly string[] | null
  /** Continues after this instance. */
  after?: string | undefined
}

/** Instances that existed in the period, and those whose life is unknown, by id. */
export async function instancesOf(
  client: Queryable,
  { period: { from, until }, tenants, after = '' }: UsageScope,
  limit: number,
): Promise<string[]> {
  const ofTenants = tenants === null ? '' : 'and tenant = any($5)'
  const { rows } = await client.query<{ instance: string }>(
    `(select instance from lifecycle
       where instance > $1 and deployment_id is not null and launched_at is not null and launched_at < $3
         and (deleted_at is null or deleted_at > $2) ${ofTenants}
       order by instance limit $4)
     union all
     (select instance from lifecycle where instance > $1 and deployment_id is null order by instance limit $4)
     order by instance limit $4`,
    [after, from, until, limit, ...(tenants === null ? [] : [tenants])],
  )
  return rows.map(({ instance }) => instance)
}
