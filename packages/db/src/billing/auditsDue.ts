import { type AuditPeriod, auditDue, DAY, type Instant, MINUTE } from '@stacktach/domain'
import { isWholeAuditPeriod } from '../sql/auditPeriod.ts'
import type { Queryable } from '../sql/transaction.ts'

/** How long after the end of an audit period its exists are stored, folded and verified. */
const AUDIT_ARRIVAL = 20 * MINUTE

/** Time until which nova's audits must have reported all usage. */
export interface AuditsDue {
  /** Of a deployment; of one without audits, and of null, the latest of all. */
  of(deploymentId: number | null): Instant
  /** Time that all deployments must have reported. */
  all: Instant
  /** Time that some deployment must have reported. */
  any: Instant
}

/** Determines which usage before `until` nova must have reported by now. */
export async function auditsDue(client: Queryable, until: Instant, now: Instant): Promise<AuditsDue> {
  const { rows } = await client.query<AuditPeriod>(
    `select id as deployment, audit_beginning as "from", audit_ending as until from deployment
      where audit_ending is not null`,
  )
  const arrived = now - AUDIT_ARRIVAL
  const audits = rows.map((audit) => lastArrived(audit, arrived))
  const due = auditDue({ from: arrived, until: arrived }, audits)
  const limited = (time: Instant) => Math.min(until, time)
  const byDeployment = new Map(due.deployments.map((own) => [own.deployment, limited(own.until)]))
  const latest = limited(due.until)
  return {
    of: (deployment) => byDeployment.get(deployment ?? 0) ?? latest,
    all: Math.min(latest, ...byDeployment.values()),
    any: latest,
  }
}

/** The audit period, or one before it that ended before its exists arrived: those of the latest one still arrive. */
function lastArrived(audit: AuditPeriod, arrived: Instant): AuditPeriod {
  const length = audit.until - audit.from
  const periods = Math.max(0, Math.ceil((audit.until - arrived) / length))
  return { ...audit, from: audit.from - periods * length, until: audit.until - periods * length }
}

/** Longest time that the first search for audits goes back: a month, and the audit at its end. */
const FIRST_SEARCH = 32 * DAY

const POSITION = 'audits'

/** Stores the latest whole audit period of each deployment, from the exists since the previous call. */
export async function storeAudits(client: Queryable, now: Instant): Promise<void> {
  const since = (await readPosition(client, POSITION)) ?? now - FIRST_SEARCH
  await client.query(
    `update deployment d set audit_beginning = latest.audit_period_beginning, audit_ending = latest.audit_period_ending
       from (select distinct on (deployment_id) deployment_id, audit_period_beginning, audit_period_ending
               from instance_exists
              where "when" >= $1 and "when" < $2
                and ${isWholeAuditPeriod('audit_period_beginning', 'audit_period_ending')}
              order by deployment_id, audit_period_ending desc, audit_period_beginning) as latest
      where d.id = latest.deployment_id and (d.audit_ending is null or d.audit_ending < latest.audit_period_ending)`,
    [since, now],
  )
  // An exists can be stored some time after its `when`.
  await writePosition(client, POSITION, Math.max(since, now - DAY / 24))
}

/** Reads the time until which a recurring job has read; null before its first run. */
export async function readPosition(client: Queryable, job: string): Promise<Instant | null> {
  const { rows } = await client.query<{ instant: number }>('select instant from job_position where job = $1', [job])
  return rows[0]?.instant ?? null
}

/** Stores the time until which a recurring job has read. */
export async function writePosition(client: Queryable, job: string, instant: Instant): Promise<void> {
  await client.query(
    'insert into job_position (job, instant) values ($1, $2) on conflict (job) do update set instant = excluded.instant',
    [job, instant],
  )
}
