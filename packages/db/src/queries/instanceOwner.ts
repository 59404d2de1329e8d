import { ALL_TIME } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { readSpans } from '../sql/spans.ts'

/**
 * The tenant that owns an instance; null if it is unknown. It is the tenant of its latest `compute.instance` notification:
 * only their payload has the owner, an error of another function can have the tenant of an administrator. If retention
 * dropped these, it is the tenant of the latest launch, or of the latest exists.
 */
export async function instanceOwner({ pool }: Database, instance: string): Promise<string | null> {
  const { keys, whole } = await readSpans(pool, 'nova', 'instance', [instance])
  const { from, until } = keys.length === 0 ? { from: ALL_TIME.from, until: ALL_TIME.from } : whole
  const { rows } = await pool.query<{ tenant: string | null }>(
    `select coalesce(
       (select tenant from notification_nova
         where instance = $1 and "when" >= $2 and "when" < $3 and starts_with(event, 'compute.instance.')
           and tenant is not null
         order by "when" desc, id desc limit 1),
       (select tenant from instance_launch
         where instance = $1 and tenant is not null order by launched_at desc nulls last, id desc limit 1),
       (select tenant from instance_exists
         where instance = $1 and tenant is not null order by "when" desc, id desc limit 1)) as tenant`,
    [instance, from, until],
  )
  return rows[0]?.tenant ?? null
}
