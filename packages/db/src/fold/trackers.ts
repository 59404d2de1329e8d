import {
  type ClosingEnd,
  type RequestStart,
  type RequestTracker,
  type Rules,
  SCHEDULER_PREFIX,
} from '@stacktach/domain'
import { readSpans } from '../sql/spans.ts'
import type { Queryable } from '../sql/transaction.ts'
import { type ColumnTypes, unnest } from '../sql/unnest.ts'
import { readPrunedStarts } from './prunedStarts.ts'
import {
  counterpartIsStored,
  type RequestStartRow,
  startsInOrder,
  startsRequestSql,
  toRequestStarts,
} from './requestStarts.ts'

/**
 * Reads the first notification of each request: the earliest one that can start a request. Versioned notifications with a
 * stored classic counterpart are left out, as in every fold. If retention dropped the first notification, its copy is used.
 */
export async function readRequestStarts(
  client: Queryable,
  requestIds: readonly string[],
  rules: Rules,
): Promise<Map<string, RequestStart>> {
  const starts = await readPrunedStarts(client, requestIds)
  const spans = await readSpans(
    client,
    'nova',
    'request',
    requestIds.filter((id) => !starts.has(id)),
  )
  const { rows } = await client.query<RequestStartRow>(
    `select span.request_id, first.*
       from unnest($1::text[], $2::bigint[], $3::bigint[]) as span(request_id, lower, upper)
       join lateral (
         select n.id, n."when", n.event, n.dedup_key || E'\\t' || d.name as identity
           from notification_nova n join deployment d on d.id = n.deployment_id
          where n.request_id = span.request_id and n."when" >= span.lower and n."when" < span.upper
            and n."when" >= $4 and n."when" < $5
            and ${startsRequestSql[rules]} and not ${counterpartIsStored('counterpart."when" >= $4 and counterpart."when" < $5')}
          order by ${startsInOrder}
          limit 1
       ) as first on true`,
    [spans.keys, spans.from, spans.until, spans.whole.from, spans.whole.until],
  )
  return new Map([...starts, ...toRequestStarts(rows)])
}

/** The domain's `endsRequest` in SQL. */
function endsRequestSql(name: string, rules: Rules): string {
  return rules === 'stacktach' ? 'true' : `not starts_with(${name}, '${SCHEDULER_PREFIX}')`
}

/** Reads, for each request, the ends of timings with a start that can end it and have the latest `when`. */
export async function readLatestEnds(
  client: Queryable,
  requestIds: readonly string[],
  rules: Rules,
): Promise<Map<string, ClosingEnd[]>> {
  const { rows } = await client.query<{
    request_id: string
    id: number
    name: string
    instance: string
    end_deployment_id: number
    end_tenant: string | null
    end_when: number
    end_identity: string
  }>(
    `select request.id as request_id, t.id, t.name, t.instance, t.end_deployment_id, t.end_tenant, t.end_when, t.end_identity
       from unnest($1::text[]) as request(id)
       join lateral (
         select end_when from timing
          where end_request_id = request.id and end_when is not null and start_when is not null
            and ${endsRequestSql('name', rules)}
          order by end_when desc limit 1
       ) as latest on true
       join timing t on t.end_request_id = request.id and t.end_when = latest.end_when and t.start_when is not null
        and ${endsRequestSql('t.name', rules)}`,
    [requestIds],
  )
  const ends = new Map<string, ClosingEnd[]>()
  for (const row of rows) {
    const requestEnds = ends.get(row.request_id) ?? []
    ends.set(row.request_id, requestEnds)
    requestEnds.push({
      timingId: row.id,
      name: row.name,
      instance: row.instance,
      deploymentId: row.end_deployment_id,
      tenant: row.end_tenant,
      when: row.end_when,
      identity: row.end_identity,
    })
  }
  return ends
}

/** Reads the start time of each existing tracker, by request id. */
export async function readTrackerStarts(
  client: Queryable,
  requestIds: readonly string[],
): Promise<Map<string, number>> {
  if (requestIds.length === 0) return new Map()
  const { rows } = await client.query<{ request_id: string; start_when: number }>(
    'select request_id, start_when from request_tracker where request_id = any($1)',
    [requestIds],
  )
  return new Map(rows.map((row) => [row.request_id, row.start_when]))
}

/** Reads the ids of the requests that ended a timing of the instances. */
export async function readClosedRequests(client: Queryable, instances: readonly string[]): Promise<string[]> {
  if (instances.length === 0) return []
  const { rows } = await client.query<{ request_id: string }>(
    `select distinct end_request_id as request_id from timing
      where instance = any($1) and end_request_id is not null and start_id is not null`,
    [instances],
  )
  return rows.map((row) => row.request_id)
}

interface TrackerColumns {
  request_id: string
  start_id: number
  start_when: number
  timing_id: number | null
  event: string | null
  instance: string | null
  deployment_id: number | null
  tenant: string | null
  end_when: number | null
  duration: number | null
}

const types: ColumnTypes<TrackerColumns> = {
  request_id: 'text',
  start_id: 'bigint',
  start_when: 'bigint',
  timing_id: 'bigint',
  event: 'text',
  instance: 'text',
  deployment_id: 'int',
  tenant: 'text',
  end_when: 'bigint',
  duration: 'bigint',
}

/**
 * Writes trackers.
 *
 * @param without ids of requests that no longer have a tracker: their rows are deleted
 */
export async function writeTrackers(
  client: Queryable,
  trackers: readonly RequestTracker[],
  without: readonly string[],
): Promise<void> {
  if (without.length > 0) await client.query('delete from request_tracker where request_id = any($1)', [without])
  if (trackers.length === 0) return
  const rows = trackers.map(
    ({ requestId, start, last }): TrackerColumns => ({
      request_id: requestId,
      start_id: start.id,
      start_when: start.when,
      timing_id: last?.timingId ?? null,
      event: last?.name ?? null,
      instance: last?.instance ?? null,
      deployment_id: last?.deploymentId ?? null,
      tenant: last?.tenant ?? null,
      end_when: last?.when ?? null,
      duration: last ? last.when - start.when : null,
    }),
  )
  const { sql, columns, values } = unnest(types, rows)
  const others = Object.keys(types).filter((name) => name !== 'request_id')
  await client.query(
    `insert into request_tracker (${columns}) select ${columns} from ${sql} order by request_id
     on conflict (request_id) do update set ${others.map((name) => `"${name}" = excluded."${name}"`).join(', ')}
      where (${others.map((name) => `request_tracker."${name}"`).join(', ')})
        is distinct from (${others.map((name) => `excluded."${name}"`).join(', ')})`,
    values,
  )
}
