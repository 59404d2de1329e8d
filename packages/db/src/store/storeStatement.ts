import type { Service } from '@stacktach/domain'
import { notificationTables } from './notificationTables.ts'

/** Ids that share one row of the id spans. */
export const IDS_PER_SPAN = 10_000

/** For each service, the query of the backlog rows of the stored notifications: kind, key, when and id. */
const backlogOf: Record<Service, string> = {
  // A notification without an instance may be the first one of its request.
  nova: `
    select case when instance is null then 'request' else 'instance' end, coalesce(instance, request_id),
           case when instance is null then 0 else "when" end,
           case when instance is null then pg_current_xact_id()::text::bigint else id end
      from stored where instance is not null or request_id <> ''`,
  // One row per image of the notification, so that all rows of an image are in one shard.
  glance: `
    select 'image', image ->> 'uuid', "when", id
      from stored, json_array_elements(stored.facts -> 'images') as image
     where image ->> 'uuid' is not null`,
  generic: `select null, null, null::bigint, null::bigint where false`,
}

/** The columns that later steps of the statement read; without the original, which is most of a row. */
export const returned: Record<Service, string> = {
  nova: 'id, "when", event, host, instance, request_id',
  glance: 'id, "when", event, host, instance, uuid, facts',
  generic: 'id, "when", event, host, instance',
}

/** Keys by which queries without a period search. */
const spannedKeys: Record<Service, Record<string, string>> = {
  nova: { instance: 'instance', request: `nullif(request_id, '')` },
  glance: { instance: 'instance', image: 'uuid' },
  generic: { instance: 'instance' },
}

/** Parameters of `maintained`, as SQL: the number of shards, and the length to which spans are rounded (microseconds). */
interface MaintainedParameters {
  shards: string
  grain: string
}

/**
 * Common table expressions that maintain the backlog, the spans and the names for the notifications in the expression
 * `stored`. Spans and names are written only if they change, which is rare. `backlogged` returns the shards of the backlog.
 */
export function maintained(service: Service, { shards, grain }: MaintainedParameters): string {
  const keys = Object.entries(spannedKeys[service]).map(
    ([kind, key]) => `select '${kind}' as kind, ${key} as key, "when" from stored where ${key} is not null`,
  )
  return `
backlogged as (
  insert into backlog (kind, key, "when", notification_id, shard)
  select kind, key, "when", id, abs(hashtextextended(key, 0) % ${shards})
    from (${backlogOf[service]}) as folded(kind, key, "when", id)
   order by 1, 2, 3, 4
  on conflict do nothing
  returning kind, shard
), spanned as (
  select kind, key, min("when") / ${grain} * ${grain} as lower, (max("when") / ${grain} + 1) * ${grain} as upper
    from (${keys.join(' union all ')}
          union all select 'id', (id / ${IDS_PER_SPAN})::text, "when" from stored) as keyed
   group by kind, key
), widened as (
  insert into notification_span (service, kind, key, lower, upper)
  select '${service}', spanned.kind, spanned.key, spanned.lower, spanned.upper
    from spanned left join lateral (
      -- The limit makes this an index look-up per key instead of a scan of the table.
      select lower, upper from notification_span k
       where k.service = '${service}' and k.kind = spanned.kind and k.key = spanned.key limit 1
    ) as existing on true
   where existing.lower is null or spanned.lower < existing.lower or spanned.upper > existing.upper
   order by 2, 3
  on conflict (service, kind, key) do update
     set lower = least(notification_span.lower, excluded.lower), upper = greatest(notification_span.upper, excluded.upper)
), named as (
  insert into event (service, name)
  select '${service}', event from (select distinct event from stored) as candidate
   where not exists (select from event e where e.service = '${service}' and e.name = candidate.event)
   order by 2
  on conflict do nothing
), hosted as (
  insert into host (service, name)
  select '${service}', host from (select distinct coalesce(host, '') as host from stored) as candidate
   where not exists (select from host h where h.service = '${service}' and h.name = candidate.host)
   order by 2
  on conflict do nothing
)`
}

/** SQL of the distinct kinds and shards of `backlogged`, as JSON. */
export const touchedShards = `
  coalesce((select json_agg(json_build_object('kind', kind, 'shard', shard))
              from (select distinct kind, shard from backlogged) as touched), '[]')`

/**
 * The statement that stores a batch of one service in one round trip and one transaction.
 *
 * Parameters: $1 deployment id, $2 number of rows, $3 number of shards, $4 the length to which spans are rounded
 * (microseconds), then one array per column. Ids follow the order of arrival. Rows are inserted in the order of their
 * identity, so that two processes that store the same messages do not deadlock. The transaction gets its id before the
 * rows get theirs, because IdBounds relies on it.
 */
export function storeStatement(service: Service): string {
  const columns = Object.entries(notificationTables[service])
  const table = `notification_${service}`
  const names = columns.map(([name]) => `"${name}"`).join(', ')
  const arrays = columns.map(([, { type }], index) => `$${index + 5}::${type === 'json' ? 'text' : type}[]`).join(', ')
  const values = columns.map(([name, { type }]) => (type === 'json' ? `input."${name}"::json` : `input."${name}"`))
  return `
with numbered as (
  select nextval('${table}_id_seq') as id, place from generate_series(1, $2::bigint) as place
   where pg_current_xact_id() is not null
), input as (
  select * from unnest(${arrays}) with ordinality as input(${names}, place)
), stored as (
  insert into ${table} (id, deployment_id, ${names})
  select numbered.id, $1::int, ${values.join(', ')}
    from input join numbered using (place)
   order by input.dedup_key, input."when"
  on conflict do nothing
  returning ${returned[service]}
), ${maintained(service, { shards: '$3::bigint', grain: '$4::bigint' })}, deployment_updated as (
  update deployment set last_when = latest.latest
    from (select max("when") as latest from stored) as latest
   where id = $1 and latest.latest > coalesce(last_when, 0)
)
select (select count(*) from stored)::int as stored, ${touchedShards} as touched`
}
