import type { StoredInstance } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'

/** Which instances are compared with a page of servers. */
export interface ReconcileRange {
  /** Read whether they exist or not. */
  ids: readonly string[]
  /** Existing instances of these deployments with an id after `after`, until `until` (null: to the end). */
  deployments: readonly number[]
  after: string
  until: string | null
  /** Maximum number of existing instances. */
  limit: number
}

export interface ReconciledInstance extends StoredInstance {
  /** Whether it is one of the existing instances of the range. */
  inRange: boolean
}

/**
 * The instances with these ids and the existing ones of a range of ids, in the order of their ids. The flavor is that of the
 * latest launch.
 */
export async function reconciledInstances(
  { pool }: Pick<Database, 'pool'>,
  { ids, deployments, after, until, limit }: ReconcileRange,
): Promise<ReconciledInstance[]> {
  const end = until === null ? '' : 'and instance <= $5'
  const { rows } = await pool.query<ReconciledInstance>(
    `with existing as materialized (
       select instance from lifecycle
        where launched_at is not null and deleted_at is null and instance > $3 ${end} and deployment_id = any($2)
        order by instance limit $4
     )
     select l.instance, l.tenant, l.host, launch.flavor, l.state, l.launched_at as "launchedAt", l.deleted_at as "deletedAt",
            l.notification_when as "lastWhen", l.deployment_id as "deploymentId",
            l.instance in (select instance from existing) as "inRange"
       from lifecycle l
       left join lateral (select instance_flavor_id as flavor from instance_launch
                           where instance = l.instance order by launched_at desc nulls last, id desc limit 1) launch on true
      where l.instance = any(array(select unnest($1::text[]) union select instance from existing))
      order by l.instance`,
    [ids, deployments, after, limit, ...(until === null ? [] : [until])],
  )
  return rows
}
