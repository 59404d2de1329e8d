import type { RequestStart } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'
import { type RequestStartRow, toRequestStarts } from './requestStarts.ts'

/** Reads the first notifications of requests whose partitions are dropped, by request id. */
export async function readPrunedStarts(
  client: Queryable,
  requestIds: readonly string[],
): Promise<Map<string, RequestStart>> {
  const { rows } = await client.query<RequestStartRow>('select * from pruned_start where request_id = any($1)', [
    requestIds,
  ])
  return toRequestStarts(rows)
}
