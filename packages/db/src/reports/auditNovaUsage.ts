import { DAY, type ExistsCount, type NovaUsage, type Rules } from '@stacktach/domain'
import { isWholeAuditPeriod } from '../sql/auditPeriod.ts'
import { shownSendStatus, shownStatus } from '../sql/existsStatus.ts'
import type { Queryable } from '../sql/transaction.ts'
import { launchesByBeginning } from './launchesByBeginning.ts'
import { launchesByCoverage } from './launchesByCoverage.ts'
import type { ReportScope } from './scope.ts'

const length = 'audit_period_ending - audit_period_beginning'

const isPeriodic: Record<Rules, string> = {
  today: isWholeAuditPeriod('audit_period_beginning', 'audit_period_ending'),
  stacktach: `${length} = ${DAY}`,
}

const isCounted: Record<Rules, string> = { today: `${length} is not null`, stacktach: `${length} <= ${DAY}` }

/** Instance usage that nova reported in a period, and the launches without a report. */
export async function auditNovaUsage(client: Queryable, scope: ReportScope): Promise<NovaUsage> {
  const { period, deployments, rules } = scope
  const parameters = [period.from, period.until, deployments]
  const exists = await client.query<ExistsCount & { periodic: boolean }>(
    `select ${isPeriodic[rules]} as periodic, ${shownStatus('e')} as status, ${shownSendStatus('e')} as "sendStatus",
            count(*)::int as count
       from instance_exists e
      where "when" >= $1 and "when" < $2 and ${isCounted[rules]}
        and ($3::int[] is null or deployment_id = any($3))
      group by 1, 2, 3`,
    parameters,
  )
  const failures = await client.query<{ id: number; reason: string | null; deployment: string; host: string | null }>(
    `select e.id, e.fail_reason as reason, d.name as deployment, e.host
       from instance_exists e join deployment d on d.id = e.deployment_id
      where e."when" >= $1 and e."when" < $2 and e.status = 'failed' and ($3::int[] is null or e.deployment_id = any($3))
      order by e.id`,
    parameters,
  )
  const launches =
    rules === 'today' ? await launchesByCoverage(client, scope) : await launchesByBeginning(client, scope)
  return {
    periodic: exists.rows.filter(({ periodic }) => periodic),
    instantaneous: exists.rows.filter(({ periodic }) => !periodic),
    existsFailures: failures.rows,
    ...launches,
  }
}
