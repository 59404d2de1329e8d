import type { RequestStart, Rules } from '@stacktach/domain'

/** Of a notification `n`: the same as the domain's startsRequest, for the index to end at the first that holds. */
export const startsRequestSql: Record<Rules, string> = {
  today: `n.user_id is not null`,
  stacktach: `n.event = 'compute.instance.update' and n.service like '%api%'`,
}

/**
 * Whether the classic counterpart of a versioned `n` is stored within `span`: then it does not count, as in every fold.
 *
 * @param within more that is known of the time of `counterpart`
 */
export function counterpartIsStored(within = 'true'): string {
  return `
  (n.versioned and exists (
    select from notification_nova counterpart
     where counterpart.request_id = n.request_id and counterpart."when" >= span.lower and counterpart."when" < span.upper and ${within}
       and counterpart.instance is not distinct from n.instance and counterpart.event = n.event and not counterpart.versioned))`
}

/** The order of the domain's comparePositions, with the deployment `d`. */
export const startsInOrder = `
  n."when", case when n.event like '%.start' then 0 when n.event like '%.end' then 2 else 1 end,
  n.event collate "C", (n.dedup_key || E'\\t' || d.name) collate "C"`

/** Where a request began, as statements select it. */
export interface RequestStartRow {
  request_id: string
  id: string
  when: string
  event: string
  identity: string
}

/** By request id. */
export function toRequestStarts(rows: readonly RequestStartRow[]): Map<string, RequestStart> {
  return new Map(
    rows.map(({ request_id, id, when, event, identity }) => [
      request_id,
      { id: Number(id), when: Number(when), event, identity },
    ]),
  )
}
