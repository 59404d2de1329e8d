import type { Instant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { opaqueToPlanner } from '../sql/opaqueToPlanner.ts'
import { type ExistsService, type ExistsStatus, existsStatuses, existsTables } from './existsStatuses.ts'
import { Parameters } from './parameters.ts'

/** An exists with its verdict. */
export interface ExistsRow {
  id: number
  /** The instance, or for glance the image. */
  subject: string
  notificationId: number
  when: Instant
  deployment: string | null
  tenant: string | null
  periodStart: Instant | null
  periodEnd: Instant | null
  /** Of an image, when it was created. */
  launchedAt: Instant
  deletedAt: Instant | null
  flavor: string | null
  status: ExistsStatus
  failReason: string | null
  /** 201 once it was published and the broker confirmed it; 0 before. */
  sendStatus: number
}

export interface ExistsFilter {
  service: ExistsService
  status?: ExistsStatus | undefined
  /** The part of the reason before the colon. */
  reason?: string | undefined
  /** The beginning of the audit period; null: exists without one. */
  periodStart?: Instant | null | undefined
  deployment?: string | undefined
  /** Only exists that were published as verified and failed a later verification. */
  contradicted?: boolean | undefined
}

/** The place of an exists in the list; `periodStart` is null for an exists without an audit period. */
export interface ExistsPlace {
  periodStart: Instant | null
  id: number
}

const byService: Record<ExistsService, string> = {
  nova: 'launched_at, tenant, coalesce(flavor_name, instance_flavor_id, instance_type_id) as flavor',
  glance: 'created_at as launched_at, owner as tenant, null::text as flavor',
}

/**
 * Exists by the beginning of their audit period, latest first; those without one come first. Each status is a separate index
 * scan that stops at the limit.
 */
export async function existsList(
  { pool }: Database,
  { after, limit, ...filter }: ExistsFilter & { after?: ExistsPlace | undefined; limit: number },
): Promise<ExistsRow[]> {
  const parameters = new Parameters()
  const { table, subject } = existsTables[filter.service]
  const shared = [...conditionsOf(filter, parameters), ...(after === undefined ? [] : [isAfter(after, parameters)])]
  const status = filter.contradicted || filter.reason !== undefined ? 'failed' : filter.status
  const end = parameters.bind(limit)
  // A range, so that only the index by status has the order of the list: another one has all exists of an audit period.
  const scans = (status === undefined ? existsStatuses : [status]).map(
    (status) => `
      (select id, ${subject} as subject, notification_id, "when", deployment_id, audit_period_beginning,
              audit_period_ending, deleted_at, status, fail_reason, send_status, ${byService[filter.service]}
         from ${table} where ${[`status between '${status}' and '${status}'`, ...shared].join(' and ')}
        order by status desc, audit_period_beginning desc, id desc limit ${end})`,
  )
  const { rows } = await pool.query<ExistsRow>(
    `select id, subject, notification_id as "notificationId", "when", tenant, flavor,
            (select name from deployment d where d.id = deployment_id) as deployment,
            audit_period_beginning as "periodStart", audit_period_ending as "periodEnd", launched_at as "launchedAt",
            deleted_at as "deletedAt", status, fail_reason as "failReason", send_status as "sendStatus"
       from (${scans.join(' union all ')}) as listed
      order by audit_period_beginning desc, id desc limit ${end}`,
    parameters.values,
  )
  return rows
}

function conditionsOf(
  { reason, periodStart, deployment, contradicted }: ExistsFilter,
  parameters: Parameters,
): string[] {
  return [
    ...(periodStart === undefined
      ? []
      : [
          periodStart === null
            ? 'audit_period_beginning is null'
            : `audit_period_beginning = ${parameters.bind(periodStart)}`,
        ]),
    ...(reason === undefined
      ? []
      : [opaqueToPlanner(`split_part(coalesce(fail_reason, ''), ':', 1) = ${parameters.bind(reason)}`)]),
    ...(contradicted ? [opaqueToPlanner('send_status between 200 and 299')] : []),
    ...(deployment === undefined
      ? []
      : [
          opaqueToPlanner(
            `deployment_id = (select d.id from deployment d where d.name = ${parameters.bind(deployment)})`,
          ),
        ]),
  ]
}

function isAfter({ periodStart, id }: ExistsPlace, parameters: Parameters): string {
  if (periodStart !== null) {
    return `(audit_period_beginning, id) < (${parameters.bind(periodStart)}::bigint, ${parameters.bind(id)}::bigint)`
  }
  return `(audit_period_beginning is not null or id < ${parameters.bind(id)})`
}
