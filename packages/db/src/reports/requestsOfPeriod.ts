import { EXISTS, type FailureNotification, operationOf, type RequestFacts, SECOND } from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'
import type { ReportScope } from './scope.ts'

/** Requests that are read, and handed on, at a time. */
const PAGE = 1_000

/**
 * In the order in which a request's notifications are told: as the folds have it, by nothing that depends on the order of
 * arrival.
 */
export const STATEMENT_ORDER = `"when", case when event like '%.start' then 0 when event like '%.end' then 2 else 1 end,
  event collate "C", dedup_key collate "C", deployment_id`

const columns = `id, "when", instance, request_id, deployment_id, user_id is not null as by_user, versioned, event, dedup_key,
  tenant, image_type, state, old_state, routing_key like '%error%' as error`

/**
 * The requests on instances in a period, a row for each pair of instance and request id: facts of all the pair's
 * notifications, those outside the period too.
 *
 * Parameters: $1 start (excluded), $2 end (included), $3 and $4 the period, its end excluded, $5 ids of the deployments
 * (null for all), $6 whether a user's request counts without an update, $7 events and $8 the operations they belong to.
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
  -- The span says which requests have notifications at other times. With a limit it is looked up for each, never scanned.
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
), known as materialized (
  select * from scanned where event <> '${EXISTS}' union all select * from elsewhere
), told as materialized (
  select pair.instance as told_of, known.* from known join pair using (instance, request_id)
  union all
  -- An error can lack its instance; it belongs to all of its request.
  select pair.instance, known.* from known join pair using (request_id) where known.instance is null
), once as (
  select * from told where not versioned
  union all
  select * from told v
   where versioned and not exists (
     select from told c where not c.versioned and c.told_of = v.told_of and c.request_id = v.request_id
        and c.event = v.event)
), placed as (
  select once.*, o.operation, row_number() over (partition by told_of, request_id order by ${STATEMENT_ORDER}) as place,
         -- What it was in before: as it says itself, else as the request's notification before shows.
         coalesce(nullif(old_state, ''),
                  lag(state) over (partition by told_of, request_id, coalesce(state, '') = '' order by ${STATEMENT_ORDER})) as before
    from once left join unnest($7::text[], $8::text[]) as o(event, operation) using (event)
), judged as (
  select placed.*,
         case when state = 'error' and before <> 'error' then true
              when before = 'error' and state <> 'error' and state <> 'deleted' and state <> '' then false
         end as failing
    from placed
)
select told_of as instance, request_id, min("when") as first, max("when") as last, bit_or(image_type) as image_type,
       (array_agg(operation order by place desc) filter (where operation is not null))[1] as operation,
       (array_agg(tenant order by place desc) filter (where tenant is not null))[1] as tenant,
       (array_agg(case when failing then id end order by place desc) filter (where failing is not null))[1] as state_id,
       (array_agg(case when failing then "when" end order by place desc) filter (where failing is not null))[1] as state_when,
       coalesce(array_agg(id order by place) filter (where error), '{}') as error_ids,
       coalesce(array_agg("when" order by place) filter (where error), '{}') as error_whens
  from judged
 group by told_of, request_id
 order by told_of, first, request_id`

interface Row {
  instance: string
  request_id: string
  first: string
  last: string
  image_type: number
  operation: string | null
  tenant: string | null
  state_id: string | null
  state_when: string | null
  error_ids: string[]
  error_whens: string[]
}

/**
 * The requests of a period, a page at a time, so that a report of a large cloud keeps none of them in memory.
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
  // All of it is read, so that the quickest first rows are not what to plan for.
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
    const { rows } = await client.query<Row>(`fetch ${PAGE} from requests`)
    if (rows.length === 0) break
    yield await withFailures(client, rows)
  }
  await client.query('close requests')
}

async function withFailures(client: Queryable, rows: readonly Row[]): Promise<RequestFacts[]> {
  const failures = await readFailures(client, rows)
  const of = (id: string | null) => (id === null ? undefined : failures.get(id))
  return rows.map((row) => {
    const state = of(row.state_id)
    return {
      instance: row.instance,
      requestId: row.request_id,
      first: Number(row.first),
      last: Number(row.last),
      imageType: row.image_type,
      operation: row.operation,
      tenant: row.tenant,
      stateError: state ?? null,
      errors: row.error_ids.flatMap((id) => of(id) ?? []),
    }
  })
}

/** The notifications by which a page's requests failed, by their ids. */
async function readFailures(
  client: Queryable,
  rows: readonly Row[],
): Promise<Map<string, FailureNotification & { json: string }>> {
  const ids = rows.flatMap(({ state_id, error_ids }) => (state_id === null ? error_ids : [state_id, ...error_ids]))
  const whens = rows.flatMap(({ state_when, error_whens }) =>
    state_when === null ? error_whens : [state_when, ...error_whens],
  )
  if (ids.length === 0) return new Map()
  const found = await client.query<{
    id: string
    when: string
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
  return new Map(found.rows.map((row) => [row.id, { ...row, id: Number(row.id), when: Number(row.when) }]))
}
