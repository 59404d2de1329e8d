import type { RequestStart, Rules } from '@stacktach/domain'
import {
  type RequestStartRow,
  startsInOrder,
  startsRequestSql,
  toRequestStarts,
  twinIsStored,
} from '../fold/requestStarts.ts'
import type { Queryable } from '../sql/transaction.ts'
import type { Partition } from './seal.ts'

/**
 * Keeps, of each request, the notification it began with that a partition is about to take along. The partition is sealed
 * and those before it are gone: nothing earlier can come.
 */
export async function keepRequestStarts(client: Queryable, { name }: Partition, rules: Rules): Promise<void> {
  await client.query(
    `insert into pruned_start (request_id, id, "when", event, identity)
     select distinct on (n.request_id) n.request_id, n.id, n."when", n.event, n.dedup_key || E'\\t' || d.name
       from ${name} n
       join deployment d on d.id = n.deployment_id
       left join notification_span span on span.service = 'nova' and span.kind = 'request' and span.key = n.request_id
      where n.request_id <> '' and ${startsRequestSql[rules]} and not ${twinIsStored()}
      order by n.request_id, ${startsInOrder}
     on conflict do nothing`,
  )
}

/** Where some requests began whose beginning is gone. */
export async function readPrunedStarts(
  client: Queryable,
  requestIds: readonly string[],
): Promise<Map<string, RequestStart>> {
  const { rows } = await client.query<RequestStartRow>('select * from pruned_start where request_id = any($1)', [
    requestIds,
  ])
  return toRequestStarts(rows)
}
