import { EXISTS, type FailureNotification, operationOf, type RequestFacts, SECOND } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'
import type { ReportScope } from './scope.ts'

/** Number of requests read and returned per batch. */
const BATCH_ROWS = 1_000

/**
 * Orders a request's notifications as the folds do, independently of their order of arrival.
 */
export const STATEMENT_ORDER = `"when", case when event like '%.start' then 0 when event like '%.end' then 2 else 1 end,
  event collate "C", dedup_key collate "C", deployment_id`

const columns = `id, "when", instance, request_id, deployment_id, user_id is not null as by_user, versioned, event, dedup_key,
  tenant, image_type, state, old_state, routing_key like '%error%' as error`

/**
 * The requests on instances in a period, a row for each pair of instance and request id: facts of all the pair's
 * notifications, including those outside the period.
 *
 * Parameters: $1 start (exclusive), $2 end (inclusive), $3 and $4 the period (end exclusive), $5 ids of the deployments
 * (null for all), $6 whether a user's request counts without an update, $7 events and $8 their operations.
 *
 * Steps: `scanned` all notifications of the period; `inside` those between start and end; `active` instances with an update;
 * `pair` the requests to report; `elsewhere` their notifications outside the period; `candidate` both together;
 * `event_of_request` assigned to pairs; `once` without the versioned counterparts of classic notifications; `placed` in order
 * and with the previous state; `judged` whether a change of state starts or ends a failure.
 */
const statement = `
with scanned as materialized (
  select ${columns}
    from notification_nova
   where "when" >= $3 and "when" < $4 and (instance is not null or request_id <> '')
), inside as (
  select instance, request_id, event, by_user, $5::int[] is null or deployment_id = any($5) as counts
    from scanned where "when" > $1 and "when" <= $2 and instance is not null
), active as (
  select distinct instance from inside where event = 'compute.instance.update' and counts
), pair as materialized (
  select instance, request_id
    from inside left join active using (instance)
   where request_id <> ''
   group by instance, request_id
  having bool_or(active.instance is not null) or $6 and bool_or(by_user and counts)
), elsewhere as (
  -- The span names requests with notifications at other times. The limit forces an index look-up for each request.
  select n.*
    from (select distinct request_id from pair) as request
    cross join lateral (
      select lower, upper from notification_span
       where service = 'nova' and kind = 'request' and key = request.request_id limit 1
    ) as k
    cross join lateral (
      select ${columns} from notification_nova
       where request_id = request.request_id and "when" >= k.lower and "when" < k.upper
         and event <> '${EXISTS}' and not ("when" >= $3 and "when" < $4)
      offset 0
    ) as n
   where k.lower < $3 or k.upper > $4
), candidate as materialized (
  select * from scanned where event <> '${EXISTS}' union all select * from elsewhere
), event_of_request as materialized (
  select pair.instance as about, candidate.* from candidate join pair using (instance, request_id)
  union all
  -- An error without an instance belongs to every instance of its request.
  select pair.instance, candidate.* from candidate join pair using (request_id) where candidate.instance is null
), once as (
  select * from event_of_request where not versioned
  union all
  select * from event_of_request v
   where versioned and not exists (
     select from event_of_request c where not c.versioned and c.about = v.about and c.request_id = v.request_id
        and c.event = v.event)
), placed as (
  select once.*, o.operation, row_number() over (partition by about, request_id order by ${STATEMENT_ORDER}) as place,
         -- The previous state: from the notification itself, else from the request's previous notification.
         coalesce(nullif(old_state, ''),
                  lag(state) over (partition by about, request_id, coalesce(state, '') = '' order by ${STATEMENT_ORDER})) as before
    from once left join unnest($7::text[], $8::text[]) as o(event, operation) using (event)
), judged as (
  select placed.*,
         case when state = 'error' and before <> 'error' then true
              when before = 'error' and state <> 'error' and state <> 'deleted' and state <> '' then false
         end as failing
    from placed
)
select about as instance, request_id, min("when") as first, max("when") as last, bit_or(image_type) as image_type,
       (array_agg(operation order by place desc) filter (where operation is not null))[1] as operation,
       (array_agg(tenant order by place desc) filter (where tenant is not null))[1] as tenant,
       (array_agg(case when failing then id end order by place desc) filter (where failing is not null))[1] as state_id,
       (array_agg(case when failing then "when" end order by place desc) filter (where failing is not null))[1] as state_when,
       coalesce(array_agg(id order by place) filter (where error), '{}') as error_ids,
       coalesce(array_agg("when" order by place) filter (where error), '{}') as error_whens
  from judged
 group by about, request_id
 order by about, first, request_id`

interface Row {
  instance: string
  request_id: string
  first: number
  last: number
  image_type: number
  operation: string | null
  tenant: string | null
  state_id: number | null
  state_when: number | null
  error_ids: number[]
  error_whens: number[]
}

/**
 * Reads the requests of a period in batches, so that memory does not grow with the size of the cloud.
 *
 * @param client inside a transaction
 */
export async function* requestsOfPeriod(
  client: Queryable,
  { period: { from: start, until: end }, deployments, rules }: ReportScope,
): AsyncGenerator<RequestFacts[]> {
  const { rows: events } = await client.query<{ name: string }>(`select name from event where service = 'nova'`)
  const operations = events.flatMap(({ name }) => {
    const operation = operationOf(name)
    return operation === null ? [] : [{ name, operation }]
  })
  // The cursor is read to its end, so plan for the total time and not for the first rows.
  await client.query('set local cursor_tuple_fraction = 1')
  await client.query(`declare requests no scroll cursor for ${statement}`, [
    start,
    end - SECOND,
    start,
    end,
    deployments,
    rules === 'today',
    operations.map(({ name }) => name),
    operations.map(({ operation }) => operation),
  ])
  for (;;) {
    const { rows } = await client.query<Row>(`fetch ${BATCH_ROWS} from requests`)
    if (rows.length === 0) break
    yield await withFailures(client, rows)
  }
  await client.query('close requests')
}

async function withFailures(client: Queryable, rows: readonly Row[]): Promise<RequestFacts[]> {
  const failures = await readFailures(client, rows)
  const of = (id: number | null) => (id === null ? undefined : failures.get(id))
  return rows.map((row) => {
    const state = of(row.state_id)
    return {
      instance: row.instance,
      requestId: row.request_id,
      first: row.first,
      last: row.last,
      imageType: row.image_type,
      operation: row.operation,
      tenant: row.tenant,
      stateError: state ?? null,
      errors: row.error_ids.flatMap((id) => of(id) ?? []),
    }
  })
}

/** The notifications that made a batch of requests fail, by id. */
async function readFailures(
  client: Queryable,
  rows: readonly Row[],
): Promise<Map<number, FailureNotification & { json: string }>> {
  const ids = rows.flatMap(({ state_id, error_ids }) => (state_id === null ? error_ids : [state_id, ...error_ids]))
  const whens = rows.flatMap(({ state_when, error_whens }) =>
    state_when === null ? error_whens : [state_when, ...error_whens],
  )
  if (ids.length === 0) return new Map()
  const result = await client.query<{
    id: number
    when: number
    event: string
    service: string
    host: string | null
    tenant: string | null
    deployment: string
    json: string
  }>(
    `select n.id, n."when", n.event, n.service, n.host, n.tenant, d.name as deployment, n.json::text as json
       from unnest($1::bigint[], $2::bigint[]) as wanted(id, "when")
       cross join lateral (
         select * from notification_nova where id = wanted.id and "when" = wanted."when" limit 1
       ) as n
       join deployment d on d.id = n.deployment_id`,
    [ids, whens],
  )
  return new Map(result.rows.map((row) => [row.id, row]))
}
