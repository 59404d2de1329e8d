import { DAY, type ExistsCount, type LaunchFailure, type NovaUsage } from '@stacktach/domain'
import { sameSecond } from '../sql/sameSecond.ts'
import type { Queryable } from '../sql/transaction.ts'
import type { ReportScope } from './scope.ts'

/** Instance usage that nova reported in a period, and the launches without a report. */
export async function auditNovaUsage(client: Queryable, scope: ReportScope): Promise<NovaUsage> {
  const { period, deployments } = scope
  const parameters = [period.from, period.until, deployments]
  const exists = await client.query<ExistsCount & { periodic: boolean }>(
    `select audit_period_ending - audit_period_beginning = $4 as periodic, status, send_status as "sendStatus",
            count(*)::int as count
       from instance_exists
      where "when" >= $1 and "when" < $2 and audit_period_ending - audit_period_beginning <= $4
        and ($3::int[] is null or deployment_id = any($3))
      group by 1, 2, 3`,
    [...parameters, DAY],
  )
  const failures = await client.query<{ id: number; reason: string | null; deployment: string; host: string | null }>(
    `select e.id, e.fail_reason as reason, d.name as deployment, e.host
       from instance_exists e join deployment d on d.id = e.deployment_id
      where e."when" >= $1 and e."when" < $2 and e.status = 'failed' and ($3::int[] is null or e.deployment_id = any($3))
      order by e.id`,
    parameters,
  )
  const launches = await auditLaunches(client, scope)
  return {
    periodic: exists.rows.filter(({ periodic }) => periodic),
    instantaneous: exists.rows.filter(({ periodic }) => !periodic),
    existsFailures: failures.rows,
    ...launches,
  }
}

/** The last notification of a launch's request names its current host. The span limits the partitions to search. */
const lastSeen = (launch: string) => `(
  select n.deployment_id, n.host
    from notification_span k
    cross join lateral (
      select deployment_id, host, "when", id from notification_nova
       where request_id = ${launch}.request_id and "when" >= k.lower and "when" < k.upper
       order by "when" desc, id desc limit 1
    ) as n
   where k.service = 'nova' and k.kind = 'request' and k.key = ${launch}.request_id)`

async function auditLaunches(
  client: Queryable,
  { period: { from: start, until: end }, deployments, rules }: ReportScope,
): Promise<Pick<NovaUsage, 'newLaunches' | 'oldLaunches' | 'launchFailures'>> {
  const { rows } = await client.query<{
    fresh: number
    old: number
    failures: (Omit<LaunchFailure, 'deployment'> & { deployment: string | null })[]
  }>(
    `with fresh as (
       select id, instance, request_id, launched_at, first_when, false as old
         from instance_launch where launched_at >= $1 and launched_at < $2
     ), older as (
       -- The newest launch of each instance that existed at the start of the period.
       select distinct on (l.instance) l.id, l.instance, l.request_id, l.launched_at, l.first_when, true as old
         from instance_launch l
        where l.launched_at < $1
          and not exists (select from instance_delete d where d.instance = l.instance and d.deleted_at <= $1
                            and d.effective)
        order by l.instance, l.launched_at desc, l.first_when, l.request_id
     ), expected as materialized (
       select * from (select * from fresh union all select * from older) as l
        where $3::int[] is null or exists (select from ${lastSeen('l')} as n where n.deployment_id = any($3))
     ), actual as materialized (
       select instance, array_agg(distinct launched_at) as launches from instance_exists
        where audit_period_ending between $1 and $2 and audit_period_beginning = $1
        group by instance
     ), judged as (
       select e.*, a.instance is not null as has_exists,
              exists (select from unnest(a.launches) as launched(at)
                       where ${sameSecond('launched.at', 'e.launched_at', rules).condition}) as matched,
              row_number() over (partition by e.instance order by e.old, e.first_when, e.request_id) as place
         from expected e left join actual a using (instance)
     ), failed as (
       select j.id, j.instance, j.launched_at, j.has_exists, d.name as deployment, seen.host
         from judged j
         left join lateral ${lastSeen('j')} as seen on true
         left join deployment d on d.id = seen.deployment_id
        where case when j.has_exists then not j.matched else j.place = 1 end
     )
     select (select count(*) from expected where not old)::int as fresh,
            (select count(*) from expected where old)::int as old,
            coalesce((select json_agg(json_build_object('id', id, 'instance', instance, 'launchedAt', launched_at,
                        'otherExists', has_exists, 'deployment', deployment, 'host', host) order by instance, launched_at, id)
                        from failed), '[]') as failures`,
    [start, end, deployments],
  )
  const [counts] = rows
  if (counts === undefined) throw new Error('count query returned no row')
  return { newLaunches: counts.fresh, oldLaunches: counts.old, launchFailures: counts.failures }
}
