import type { Instant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { isDelivered, shownStatus } from '../sql/existsStatus.ts'
import { forEachBatch } from '../sql/forEachBatch.ts'
import { opaqueToPlanner } from '../sql/opaqueToPlanner.ts'
import {
  type ExistsService,
  type ExistsStatus,
  existsServices,
  existsStatuses,
  existsTables,
} from './existsStatuses.ts'
import { Parameters } from './parameters.ts'

/** An exists with the result of its verification. */
export interface ExistsVerdict {
  service: ExistsService
  messageId: string | null
  /** Instance or image id. */
  subject: string
  /** `sent_unverified` and `sent_failed` are a pending and a failed exists that was repaired. */
  status: string
  /** 201 once the broker confirmed its message. */
  sendStatus: number
  /** HTTP status that the billing system reported; null if it has not. */
  confirmStatus: number | null
  /** Reason of the failure. */
  reason: string | null
  /** Microseconds of Unix time: the end of its audit period. */
  periodEnd: number | null
}

export interface ExistsSearch {
  service?: ExistsService | undefined
  status?: ExistsStatus | undefined
  /** Case-insensitive substring of the reason. */
  reason?: string | undefined
  /** Only exists that the broker or the billing system took as verified, and that failed a later verification. */
  contradicted?: boolean | undefined
  /** The end of the audit period lies in the period from `from` until `until`; undefined is open. */
  from?: Instant | undefined
  until?: Instant | undefined
  /** Infinity for all. */
  limit: number
}

/**
 * Lists exists by the end of their audit period, latest first (exists without a period come first), in batches passed to
 * `take`. Each status is a separate index scan that stops at the limit.
 */
export async function listExists(
  { pool }: Database,
  search: ExistsSearch,
  take: (rows: ExistsVerdict[]) => void,
): Promise<void> {
  const parameters = new Parameters()
  const conditions: string[] = []
  if (search.from !== undefined) conditions.push(`audit_period_ending >= ${parameters.bind(search.from)}`)
  if (search.until !== undefined) conditions.push(`audit_period_ending < ${parameters.bind(search.until)}`)
  if (search.reason !== undefined) {
    conditions.push(opaqueToPlanner(`strpos(lower(fail_reason), lower(${parameters.bind(search.reason)})) > 0`))
  }
  if (search.contradicted) conditions.push(opaqueToPlanner(isDelivered('e')))
  const limit = parameters.bind(Number.isFinite(search.limit) ? search.limit : null)
  const services = search.service === undefined ? existsServices : [search.service]
  const status = search.contradicted ? 'failed' : search.status
  const statuses = status === undefined ? existsStatuses : [status]
  const scans = services.flatMap((service) =>
    statuses.map((status) => {
      const { table, subject } = existsTables[service]
      return `
        (select '${service}' as service, id, message_id, ${subject} as subject, ${shownStatus('e')} as status, fail_reason,
                audit_period_ending, send_status, confirm_status
           from ${table} e where ${[`e.status = '${status}'`, ...conditions].join(' and ')}
          order by audit_period_ending desc, id desc limit ${limit})`
    }),
  )
  await forEachBatch<ExistsVerdict>(
    pool,
    `select service, message_id as "messageId", subject, status, fail_reason as reason, audit_period_ending as "periodEnd",
            send_status as "sendStatus", confirm_status as "confirmStatus"
       from (${scans.join(' union all ')}) as scanned
      order by audit_period_ending desc, service desc, id desc limit ${limit}`,
    parameters.values,
    take,
  )
}
