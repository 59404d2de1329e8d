import type { Instant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { type ExistsService, existsTables } from '../queries/existsStatuses.ts'
import { retryDeadlock } from './retryDeadlock.ts'

/** What a billing system says about the exists with a message id. */
export interface Confirmation {
  messageId: string
  /** HTTP status with which it took the usage; 0 is a failure without one. */
  status: number
  /** Its own id of the usage; undefined keeps the stored one. */
  eventId?: string | undefined
}

/**
 * Stores confirmations in one transaction, the last one of a message id. All exists with the message id get it, and all that
 * are published by the message about it. What the verifier and the broker said is not changed.
 *
 * @param confirmations of distinct message ids
 * @returns the message ids of no exists
 */
export async function confirmExists(
  { pool }: Pick<Database, 'pool'>,
  service: ExistsService,
  confirmations: readonly Confirmation[],
  now: Instant,
): Promise<string[]> {
  if (confirmations.length === 0) return []
  const { table } = existsTables[service]
  const { rows } = await retryDeadlock(() =>
    pool.query<{ message_id: string }>(
      `with input as (
         select * from unnest($1::text[], $2::int[], $3::text[]) as input(message_id, status, event_id)
       ), named as materialized (
         select e.id, 0 as place, input.* from input join ${table} e on e.message_id = input.message_id
         union all
         select e.id, 1, input.*
           from input join outbox o on o.original_message_id = input.message_id and o.service = '${service}'
           join ${table} e on e.outbox_id = o.id
       ), confirmed as (
         select distinct on (id) id, status, event_id from named order by id, place, message_id
       ), locked as (
         select e.id from ${table} e join confirmed on confirmed.id = e.id order by e.id for update of e
       ), updated as (
         update ${table} e
            set confirm_status = confirmed.status, event_id = coalesce(confirmed.event_id, e.event_id), confirmed_at = $4
           from confirmed join locked using (id) where e.id = confirmed.id
       )
       select message_id from input where not exists (select from named where named.message_id = input.message_id)`,
      [
        confirmations.map(({ messageId }) => messageId),
        confirmations.map(({ status }) => status),
        confirmations.map(({ eventId }) => eventId ?? null),
        now,
      ],
    ),
  )
  return rows.map(({ message_id }) => message_id)
}
