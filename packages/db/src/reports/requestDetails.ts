import { EXISTS, type RequestDetail } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'
import { STATEMENT_ORDER } from './requestsOfPeriod.ts'

/** The notifications of each request in order; the result has the order of `requests`. */
export async function requestDetails(
  client: Queryable,
  requests: readonly { instance: string; requestId: string }[],
): Promise<RequestDetail[][]> {
  const details: RequestDetail[][] = requests.map(() => [])
  if (requests.length === 0) return details
  const { rows } = await client.query<RequestDetail & { place: number }>(
    `select place, event, host, state, old_state, task, old_task
       from (
         select wanted.place, n.*, bool_or(not n.versioned) over (partition by wanted.place, n.event) as classic
           from unnest($1::text[], $2::text[]) with ordinality as wanted(instance, request_id, place)
           cross join lateral (
             select lower, upper from notification_span
              where service = 'nova' and kind = 'request' and key = wanted.request_id limit 1
           ) as k
           cross join lateral (
             select "when", deployment_id, dedup_key, versioned, event, host, state, old_state, task, old_task
               from notification_nova
              where request_id = wanted.request_id and "when" >= k.lower and "when" < k.upper
                and (instance = wanted.instance or instance is null) and event <> '${EXISTS}'
             offset 0
           ) as n
       ) as request_event
      where not versioned or not classic
      order by place, ${STATEMENT_ORDER}`,
    [requests.map(({ instance }) => instance), requests.map(({ requestId }) => requestId)],
  )
  for (const { place, ...detail } of rows) details[place - 1]?.push(detail)
  return details
}
