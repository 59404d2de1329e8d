import type { Instant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { type ExistsService, existsServices, existsTables } from './existsStatuses.ts'

/** Failed exists of a service with the same reason. */
export interface FailedExists {
  service: ExistsService
  /** The part of the reason before the colon; empty without one. */
  reason: string
  count: number
  /** How many of them were published as verified before. */
  contradicted: number
  /** The latest end of their audit periods. */
  lastPeriodEnd: Instant
}

export interface FailedExistsCounts {
  /** Most frequent first. */
  reasons: FailedExists[]
  /** Whether a service reached the limit, so that it may have more. */
  isPartial: boolean
}

/**
 * Counts the exists that failed verification by service and reason.
 *
 * @param since the end of their audit period lies at or after it
 * @param limit of a service's exists, latest first: what is read at most
 */
export async function failedExists({ pool }: Database, since: Instant, limit: number): Promise<FailedExistsCounts> {
  const scans = existsServices.map(
    (service) => `
      (select '${service}' as service, split_part(coalesce(fail_reason, ''), ':', 1) as reason,
              send_status between 200 and 299 as published, audit_period_ending
         from ${existsTables[service].table} where status = 'failed' and audit_period_ending >= $1
        order by audit_period_ending desc limit $2)`,
  )
  const { rows } = await pool.query<FailedExists & { read: number }>(
    `select service, reason, count(*) as count, count(*) filter (where published) as contradicted,
            max(audit_period_ending) as "lastPeriodEnd",
            (sum(count(*)) over (partition by service))::bigint as read
       from (${scans.join(' union all ')}) as failed
      group by service, reason order by count(*) desc, service, reason`,
    [since, limit],
  )
  return {
    reasons: rows.map(({ read: _, ...reason }) => reason),
    isPartial: rows.some(({ read }) => read >= limit),
  }
}
