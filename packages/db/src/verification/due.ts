import type { Instant } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'
import { boundsOf, type ExistsRange, inRange } from './range.ts'
import type { ExistsTable } from './writeVerdicts.ts'

/** Which work is due: verification of either service, or unsent messages in the outbox. */
export interface DueVerification {
  nova: boolean
  glance: boolean
  outbox: boolean
}

/** @param settled an exists is due when its audit period ended at or before this time (µs) */
export async function dueVerification(client: Queryable, settled: Instant): Promise<DueVerification> {
  const due = (table: ExistsTable) =>
    `exists (select from ${table} where status = 'pending' and audit_period_ending <= $1)
       or exists (select from ${table} where status = 'pending' and audit_period_ending is null and "when" <= $1)`
  const { rows } = await client.query<DueVerification>(
    `select ${due('instance_exists')} as nova, ${due('image_exists')} as glance,
            exists (select from outbox where send_status = 0) as outbox`,
    [settled],
  )
  return rows[0] ?? { nova: false, glance: false, outbox: false }
}

/** Whether any exists in a range is pending. */
export async function isPending(client: Queryable, table: ExistsTable, range: ExistsRange): Promise<boolean> {
  const { from, until } = boundsOf(range)
  const { rows } = await client.query<{ pending: boolean }>(
    `select exists (select from ${table}
                     where status = 'pending' and ${inRange}) as pending`,
    [from, until],
  )
  return rows[0]?.pending ?? false
}

/** Counts the verified and the failed exists in a range. */
export async function countVerdicts(
  client: Queryable,
  table: ExistsTable,
  range: ExistsRange,
): Promise<{ verified: number; failed: number }> {
  const { from, until } = boundsOf(range)
  const { rows } = await client.query<{ verified: number; failed: number }>(
    `select count(*) filter (where status = 'verified')::int as verified,
            count(*) filter (where status = 'failed')::int as failed
       from ${table}
      where status = any('{verified,failed}') and ${inRange}`,
    [from, until],
  )
  return rows[0] ?? { verified: 0, failed: 0 }
}
