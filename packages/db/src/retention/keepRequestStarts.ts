import type { Rules } from '@stacktach/domain'
import { counterpartIsStored, startsInOrder, startsRequestSql } from '../fold/requestStarts.ts'
import type { Queryable } from '../sql/transaction.ts'
import type { Partition } from './seal.ts'

/**
 * Copies the first notification of each request of a partition before the partition is dropped. The partition is sealed and
 * the earlier ones are already dropped, so no earlier notification can arrive.
 */
export async function keepRequestStarts(client: Queryable, { name }: Partition, rules: Rules): Promise<void> {
  await client.query(
    `insert into pruned_start (request_id, id, "when", event, identity)
     select distinct on (n.request_id) n.request_id, n.id, n."when", n.event, n.dedup_key || E'\\t' || d.name
       from ${name} n
       join deployment d on d.id = n.deployment_id
       left join notification_span span on span.service = 'nova' and span.kind = 'request' and span.key = n.request_id
      where n.request_id <> '' and ${startsRequestSql[rules]} and not ${counterpartIsStored()}
      order by n.request_id, ${startsInOrder}
     on conflict do nothing`,
  )
}
