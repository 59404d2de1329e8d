import { sameSecond } from '../sql/sameSecond.ts'
import type { Queryable } from '../sql/transaction.ts'
import { expectedLaunches, type LaunchAudit, lastSeen, launchAudit } from './expectedLaunches.ts'
import type { ReportScope } from './scope.ts'

const statement = `
with ${expectedLaunches}, actual as materialized (
  select instance, array_agg(distinct launched_at) as launches from instance_exists
   where audit_period_ending between $1 and $2 and audit_period_beginning = $1
   group by instance
), judged as (
  select e.*, a.instance is not null as has_exists,
         exists (select from unnest(a.launches) as launched(at)
                  where ${sameSecond('launched.at', 'e.launched_at', 'stacktach').condition}) as matched,
         row_number() over (partition by e.instance order by e.old, e.first_when, e.request_id) as place
    from expected e left join actual a using (instance)
), failed as (
  select j.id, j.instance, j.launched_at, j.has_exists, '[]'::json as gaps, d.name as deployment, seen.host
    from judged j
    left join lateral ${lastSeen('j')} as seen on true
    left join deployment d on d.id = seen.deployment_id
   where case when j.has_exists then not j.matched else j.place = 1 end
)
${launchAudit}`

/** StackTach's rule: a launch fails without an exists whose audit period begins at the start of the report period. */
export async function launchesByBeginning(
  client: Queryable,
  { period: { from, until }, deployments }: ReportScope,
): Promise<LaunchAudit> {
  const { rows } = await client.query<LaunchAudit>(statement, [from, until, deployments])
  const [audit] = rows
  if (audit === undefined) throw new Error('count query returned no row')
  return audit
}
