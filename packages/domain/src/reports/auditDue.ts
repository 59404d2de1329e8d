import { DAY, type Instant } from '../time/instant.ts'
import type { TimePeriod } from '../time/period.ts'

/** A whole audit period that exists of a deployment report: an hour, a day, a month or a year, possibly with an offset. */
export interface AuditPeriod extends TimePeriod {
  deployment: number
}

/** The time until which nova's audits must have reported all usage of a report period. */
export interface AuditDue {
  /** The latest of the deployments; also that of deployments without audits. */
  until: Instant
  deployments: { deployment: number; until: Instant }[]
}

/**
 * Nova reports an audit period when it is over. With audits at an offset or longer than the report period, the end of the
 * report period is not due before the next audit.
 *
 * @param audits of any time near the period; the latest of a deployment shows when its audits end
 */
export function auditDue(period: TimePeriod, audits: readonly AuditPeriod[]): AuditDue {
  const latest = new Map<number, AuditPeriod>()
  for (const audit of audits) {
    const other = latest.get(audit.deployment)
    if (other === undefined || compare(audit, other) > 0) latest.set(audit.deployment, audit)
  }
  const deployments = [...latest.values()].map((audit) => ({
    deployment: audit.deployment,
    until: Math.min(period.until, lastBoundary(audit, period.until)),
  }))
  if (deployments.length === 0) return { until: period.until, deployments }
  return { until: Math.max(...deployments.map(({ until }) => until)), deployments }
}

/** A later end first counts; of two audits that end together the longer one, whose next end is later. */
function compare(one: AuditPeriod, other: AuditPeriod): number {
  return one.until - other.until || other.from - one.from
}

/** The end of the last audit up to a time; of a later audit, its own end. */
function lastBoundary({ from, until }: TimePeriod, time: Instant): Instant {
  const length = until - from
  if (length <= DAY) return until + Math.max(0, Math.floor((time - until) / length)) * length
  const months = length > 31 * DAY ? 12 : 1
  for (let boundary = until; ; ) {
    const next = addMonths(boundary, months)
    if (next > time) return boundary
    boundary = next
  }
}

function addMonths(instant: Instant, months: number): Instant {
  const date = new Date(instant / 1000)
  return date.setUTCMonth(date.getUTCMonth() + months) * 1000
}
