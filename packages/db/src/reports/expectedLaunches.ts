import type { NovaUsage } from '@stacktach/domain'

/** The last notification of a launch's request names its current host. The span limits the partitions to search. */
export const lastSeen = (launch: string) => `(
  select n.deployment_id, n.host
    from notification_span k
    cross join lateral (
      select deployment_id, host, "when", id from notification_nova
       where request_id = ${launch}.request_id and "when" >= k.lower and "when" < k.upper
       order by "when" desc, id desc limit 1
    ) as n
   where k.service = 'nova' and k.kind = 'request' and k.key = ${launch}.request_id)`

/**
 * Common table expressions with `expected`, the launches that the exists of a period must report: those of the period, and
 * of each instance that existed at its start the newest one before it. `deleted` are the deletes that count.
 *
 * Parameters: $1 start, $2 end, $3 ids of the deployments (null for all).
 */
export const expectedLaunches = `
  deleted as not materialized (
    select instance, deleted_at from instance_delete where effective
  ), fresh as (
    select id, instance, request_id, launched_at, first_when, false as old
      from instance_launch where launched_at >= $1 and launched_at < $2
  ), older as (
    select distinct on (l.instance) l.id, l.instance, l.request_id, l.launched_at, l.first_when, true as old
      from instance_launch l
     where l.launched_at < $1
       and not exists (select from deleted d where d.instance = l.instance and d.deleted_at <= $1)
     order by l.instance, l.launched_at desc, l.first_when, l.request_id
  ), expected as materialized (
    select * from (select * from fresh union all select * from older) as l
     where $3::int[] is null or exists (select from ${lastSeen('l')} as n where n.deployment_id = any($3))
  )`

/** Counts of launches and those that failed. */
export type LaunchAudit = Pick<NovaUsage, 'newLaunches' | 'oldLaunches' | 'launchFailures'>

/** Selects a `LaunchAudit` from the common table expressions `expected` and `failed`. */
export const launchAudit = `
  select (select count(*) from expected where not old)::int as "newLaunches",
         (select count(*) from expected where old)::int as "oldLaunches",
         coalesce((select json_agg(json_build_object('id', id, 'instance', instance, 'launchedAt', launched_at,
                     'otherExists', has_exists, 'gaps', gaps, 'deployment', deployment, 'host', host)
                     order by instance, launched_at, id)
                     from failed), '[]') as "launchFailures"`
