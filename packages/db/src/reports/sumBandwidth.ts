import type { Queryable } from '../sql/transaction.ts'
import type { ReportScope } from './scope.ts'

/** Sums the bytes sent to the public network, from exists whose audit period lies in the period. */
export async function sumBandwidth(
  client: Queryable,
  { period: { from: start, until: end }, deployments }: ReportScope,
): Promise<bigint> {
  const { rows } = await client.query<{ bytes: string }>(
    `select coalesce(sum(bandwidth_public_out), 0)::text as bytes
       from instance_exists
      where audit_period_ending between $1 and $2 and audit_period_beginning >= $1
        and ($3::int[] is null or deployment_id = any($3))`,
    [start, end, deployments],
  )
  return BigInt(rows[0]?.bytes ?? 0)
}
