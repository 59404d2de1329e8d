import type { ExistsKey, LinkRange, Rules } from '@stacktach/domain'
import { sameSecond } from '../sql/sameSecond.ts'
import type { Queryable } from '../sql/transaction.ts'

const comparedFields = ['instance_type_id', 'instance_flavor_id', 'tenant', 'rax_options', 'os_version', 'os_distro']

const COMPARED = ['id', 'instance', 'deleted_at', 'launched_at', ...comparedFields]
  .map((name) => `e.${name}`)
  .join(', ')

const MOST_EQUAL_FIRST = `${comparedFields
  .map((name) => `(l.${name} is not distinct from candidate.${name})::int`)
  .join(' + ')} desc,`

const CLOSEST_FIRST = `least(abs(d.deleted_at - candidate.deleted_at),
                           abs(coalesce(d.payload_deleted_at, d.deleted_at) - candidate.deleted_at)),`

/**
 * Links exists to the launch of their instance whose launched_at is in the same second (if several, the one with the earliest
 * first notification, then by request id). Exists with deleted_at are linked to a delete in the same way. With today's rules
 * the launch that agrees in most fields and the delete closest in time come first. An exists whose link changes is pending
 * again.
 *
 * @param ranges of launched_at in which launches or deletes changed
 * @param keys of new or changed exists
 */
export async function linkExists(
  client: Queryable,
  ranges: readonly LinkRange[],
  keys: readonly ExistsKey[],
  rules: Rules,
): Promise<void> {
  if (ranges.length === 0 && keys.length === 0) return
  const launch = sameSecond('l.launched_at', 'candidate.launched_at', rules)
  const [launchOrder, deleteOrder] = rules === 'today' ? [MOST_EQUAL_FIRST, CLOSEST_FIRST] : ['', '']
  const deleted = sameSecond('d.launched_at', 'candidate.launched_at', rules)
  await client.query(
    `with candidate as (
       select ${COMPARED}
         from unnest($1::text[], $2::bigint[], $3::bigint[]) as range("instance", "from", "until")
         join instance_exists e
           on e.instance = range.instance and e.launched_at >= range."from" and e.launched_at < range."until"
        union
       select ${COMPARED}
         from unnest($4::int[], $5::text[]) as key(deployment_id, dedup_key)
         join instance_exists e on e.deployment_id = key.deployment_id and e.dedup_key = key.dedup_key
     ), linked as (
       select candidate.id,
              (select l.id from instance_launch l
                where l.instance = candidate.instance
                  and l.launched_at > candidate.launched_at - 1000000 and l.launched_at < candidate.launched_at + 1000000
                  and ${launch.condition}
                order by ${launchOrder} ${launch.exactFirst}, l.first_when, l.request_id collate "C" limit 1) as launch_id,
              case when candidate.deleted_at is not null then
                (select d.id from instance_delete d
                  where d.instance = candidate.instance
                    and d.launched_at > candidate.launched_at - 1000000 and d.launched_at < candidate.launched_at + 1000000
                    and ${deleted.condition}
                  order by ${deleteOrder} ${deleted.exactFirst}, d.deleted_at, d.launched_at limit 1) end as delete_id
         from candidate
     )
     update instance_exists e
        set launch_id = linked.launch_id, delete_id = linked.delete_id, status = 'pending', fail_reason = null
       from linked
      where e.id = linked.id and (e.launch_id, e.delete_id) is distinct from (linked.launch_id, linked.delete_id)`,
    [
      ranges.map((range) => range.instance),
      ranges.map((range) => range.from),
      ranges.map((range) => range.until),
      keys.map((key) => key.deploymentId),
      keys.map((key) => key.dedupKey),
    ],
  )
}
