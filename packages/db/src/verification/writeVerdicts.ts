import { failReason, type Verdict } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'
import { unnest } from '../sql/unnest.ts'

export type ExistsTable = 'instance_exists' | 'image_exists'

/** The verdict on the exists with an id. */
export interface Judged {
  id: number
  verdict: Verdict
}

/** Writes the verdicts on exists that this transaction claimed. */
export async function writeVerdicts(client: Queryable, table: ExistsTable, judged: readonly Judged[]): Promise<void> {
  if (judged.length === 0) return
  const rows = judged.map(({ id, verdict }) => ({ id, status: verdict.status, reason: failReason(verdict) }))
  const { sql, values } = unnest({ id: 'bigint', status: 'text', reason: 'text' }, rows)
  await client.query(
    `update ${table} e set status = input.status, fail_reason = input.reason from ${sql} where e.id = input.id`,
    values,
  )
}
