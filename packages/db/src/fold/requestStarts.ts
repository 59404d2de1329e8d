import type { RequestStart, Rules } from '@stacktach/domain'

/** The domain's startsRequest as a condition on a notification `n`, so that an index scan can stop at the first match. */
export const startsRequestSql: Record<Rules, string> = {
  today: `n.user_id is not null`,
  stacktach: `n.event = 'compute.instance.update' and n.service like '%api%'`,
}

/**
 * SQL condition: the classic counterpart of a versioned `n` is stored within `span`, so folds leave `n` out.
 *
 * @param timeCondition a further condition on the time of `counterpart`
 */
export function counterpartIsStored(timeCondition = 'true'): string {
  return `
  (n.versioned and exists (
    select from notification_nova counterpart
     where counterpart.request_id = n.request_id and counterpart."when" >= span.lower and counterpart."when" < span.upper and ${timeCondition}
       and counterpart.instance is not distinct from n.instance and counterpart.event = n.event and not counterpart.versioned))`
}

/** The order of the domain's comparePositions, for a notification `n` and its deployment `d`. */
export const startsInOrder = `
  n."when", case when n.event like '%.start' then 0 when n.event like '%.end' then 2 else 1 end,
  n.event collate "C", (n.dedup_key || E'\\t' || d.name) collate "C"`

/** The first notification of a request, as selected. */
export interface RequestStartRow {
  request_id: string
  id: number
  when: number
  event: string
  identity: string
}

/** Converts rows to a map by request id. */
export function toRequestStarts(rows: readonly RequestStartRow[]): Map<string, RequestStart> {
  return new Map(rows.map(({ request_id, id, when, event, identity }) => [request_id, { id, when, event, identity }]))
}
