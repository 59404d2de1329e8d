import type { Instant } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'
import { boundsOf, type ExistsRange } from './range.ts'
import type { ExistsTable } from './writeVerdicts.ts'

/** What there is to do of verification. */
export interface DueVerification {
  nova: boolean
  glance: boolean
  publication: boolean
}

/** @param settled exists are due whose audit period ended by then */
export async function dueVerification(client: Queryable, settled: Instant): Promise<DueVerification> {
  const due = (table: ExistsTable) =>
    `exists (select from ${table} where status = 'pending' and audit_period_ending <= $1)
       or exists (select from ${table} where status = 'pending' and audit_period_ending is null and "when" <= $1)`
  const { rows } = await client.query<DueVerification>(
    `select ${due('instance_exists')} as nova, ${due('image_exists')} as glance,
            exists (select from publication where send_status = 0) as publication`,
    [settled],
  )
  return rows[0] ?? { nova: false, glance: false, publication: false }
}

/** Whether an exists of a range waits for its verdict. */
export async function isPending(client: Queryable, table: ExistsTable, range: ExistsRange): Promise<boolean> {
  const [from, to] = boundsOf(range)
  const { rows } = await client.query<{ pending: boolean }>(
    `select exists (select from ${table}
                     where status = 'pending' and audit_period_ending >= $1 and audit_period_ending <= $2) as pending`,
    [from, to],
  )
  return rows[0]?.pending ?? false
}

/** How many exists of a range are verified, and how many failed. */
export async function countVerdicts(
  client: Queryable,
  table: ExistsTable,
  range: ExistsRange,
): Promise<{ verified: number; failed: number }> {
  const [from, to] = boundsOf(range)
  const { rows } = await client.query<{ verified: number; failed: number }>(
    `select count(*) filter (where status = 'verified')::int as verified,
            count(*) filter (where status = 'failed')::int as failed
       from ${table}
      where status = any('{verified,failed}') and audit_period_ending >= $1 and audit_period_ending <= $2`,
    [from, to],
  )
  return rows[0] ?? { verified: 0, failed: 0 }
}
