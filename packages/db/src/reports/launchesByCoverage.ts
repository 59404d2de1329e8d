import { type AuditPeriod, auditDue, DAY, MINUTE } from '@stacktach/domain'
import { isWholeAuditPeriod } from '../sql/auditPeriod.ts'
import { sameSecond } from '../sql/sameSecond.ts'
import type { Queryable } from '../sql/transaction.ts'
import { expectedLaunches, type LaunchAudit, lastSeen, launchAudit } from './expectedLaunches.ts'
import type { ReportScope } from './scope.ts'

/** Shorter gaps, between exists or at either end, come from differences between the clocks of hosts. */
const TOLERANCE_US = 5 * MINUTE

/** Longest audit period. */
const YEAR_US = 366 * DAY

const isWhole = isWholeAuditPeriod('audit_period_beginning', 'audit_period_ending')

/**
 * The time of each expected launch must lie in the audit periods of its exists.
 *
 * Parameters: $1 start, $2 end, $3 ids of the deployments (null for all), $4 the latest time that audits must have
 * reported, $5 and $6 deployments and their own such time, $7 the latest end of an audit period that can overlap with the
 * period, $8 tolerance.
 *
 * Steps: `reported` the audit periods that overlap with the period, by launch; `present` the instances with an exists of
 * the period's audits; `spanned` the time of each launch in the period: it ends at the delete, at the next launch, or when
 * the instance is offloaded and so has no host to report it; `own` the audit periods of each launch; `due` without the
 * time after the last exists of an offloaded instance; `open` the launches whose time is not covered; `located` with their
 * deployment and its due time; `judged` the gaps.
 */
const statement = `
with ${expectedLaunches}, reported as materialized (
  -- Sorting by the collation of the database takes twice as long.
  select instance collate "C" as instance, launched_at, launch_id,
         range_agg(int8range(audit_period_beginning, audit_period_ending)) as periods,
         bool_or(audit_period_beginning >= $1 or audit_period_ending > $1 and ${isWhole}) as current
    from instance_exists
   where audit_period_ending > $1 - $8 and audit_period_ending <= $7
     and audit_period_beginning < least($2, audit_period_ending)
   group by instance collate "C", launched_at, launch_id
), present as materialized (
  select distinct instance from reported where current
), spanned as materialized (
  select e.*, greatest(e.launched_at, $1) as start,
         least($4, (select min(d.deleted_at) from deleted d
                     where d.instance = e.instance and d.deleted_at >= e.launched_at),
                   (select min(case when n.first_when > e.launched_at then least(n.first_when, n.launched_at)
                                    else n.launched_at end)
                      from instance_launch n
                     where n.instance = e.instance and n.launched_at > e.launched_at
                       and not ${sameSecond('n.launched_at', 'e.launched_at', 'today').condition})) as stop,
         (select min(t."when") from timing t
           where t.instance = e.instance and t.name = 'compute.instance.shelve_offload' and t.end_when is not null
             and t."when" >= greatest(e.launched_at, $1)) as offloaded
    from expected e
), own as materialized (
  select s.id, range_agg(r.periods) as periods
    from spanned s join reported r on r.instance = s.instance
   where r.launch_id = s.id or ${sameSecond('r.launched_at', 's.launched_at', 'today').condition}
   group by s.id
), due as (
  select s.id, s.instance, s.request_id, s.launched_at, s.first_when, s.old, s.start,
         coalesce(o.periods, '{}') as periods,
         case when s.offloaded < s.stop
              then coalesce((select max(upper(period)) from unnest(o.periods) as period
                              where upper(period) <= s.offloaded and upper(period) > s.start), s.offloaded)
              else s.stop end as stop
    from spanned s left join own o using (id)
), open as materialized (
  select * from due where stop > start and not periods @> int8range(start, stop)
), located as (
  select o.id, o.instance, o.request_id, o.launched_at, o.first_when, o.old, o.start, o.periods,
         greatest(o.start, least(o.stop, audited.until)) as stop, d.name as deployment, seen.host
    from open o
    left join lateral ${lastSeen('o')} as seen on true
    left join deployment d on d.id = seen.deployment_id
    left join unnest($5::int[], $6::bigint[]) as audited(deployment_id, until)
      on audited.deployment_id = seen.deployment_id
), judged as (
  select l.*, l.periods && int8range(l.start, l.stop) as partial, missing.gaps
    from located l
    cross join lateral (
      select json_agg(json_build_object('from', lower(gap), 'until', upper(gap)) order by gap) as gaps
        from unnest(int8multirange(int8range(l.start, l.stop)) - l.periods) as gap
       where upper(gap) - lower(gap) > $8
    ) as missing
   where l.stop > l.start
), failing as (
  select j.id, j.instance, j.launched_at, j.deployment, j.host,
         case when j.partial then j.gaps else '[]' end as gaps,
         present.instance is not null or bool_or(j.partial) over (partition by j.instance) as has_exists,
         row_number() over (partition by j.instance order by j.old, j.first_when, j.request_id) as place
    from judged j left join present using (instance)
   where j.gaps is not null or not j.partial and not j.periods && int8range(j.start - $8, j.stop + $8)
), failed as (
  select * from failing where has_exists or place = 1
)
${launchAudit}`

/** A launch fails if its exists do not cover its time in the period, as far as nova's audits are due. */
export async function launchesByCoverage(client: Queryable, scope: ReportScope): Promise<LaunchAudit> {
  const { period, deployments } = scope
  const audits = await auditsNear(client, scope)
  const due = auditDue(period, audits)
  const longest = audits.reduce((length, audit) => Math.max(length, audit.until - audit.from), DAY)
  const { rows } = await client.query<LaunchAudit>(statement, [
    period.from,
    period.until,
    deployments,
    due.until,
    due.deployments.map(({ deployment }) => deployment),
    due.deployments.map(({ until }) => until),
    period.until + longest,
    TOLERANCE_US,
  ])
  const [audit] = rows
  if (audit === undefined) throw new Error('count query returned no row')
  return audit
}

/** The whole audit periods that end within a day of the period; without any, the latest one of a longer audit. */
async function auditsNear(client: Queryable, { period: { from, until } }: ReportScope): Promise<AuditPeriod[]> {
  const columns = 'deployment_id as deployment, audit_period_beginning as "from", audit_period_ending as until'
  const near = await client.query<AuditPeriod>(
    `select distinct ${columns} from instance_exists where audit_period_ending between $1 and $2 and ${isWhole}`,
    [from - DAY, until + DAY],
  )
  if (near.rows.length > 0) return near.rows
  const longer = await client.query<AuditPeriod>(
    `select ${columns} from instance_exists where audit_period_ending between $1 and $2 and ${isWhole}
      order by audit_period_ending desc limit 1`,
    [from - YEAR_US, until + YEAR_US],
  )
  return longer.rows
}
