import type { Queryable } from '../sql/transaction.ts'
import { type ColumnTypes, unnest } from '../sql/unnest.ts'

/** The reason why a replayed message is rejected again. */
export interface NewReason {
  id: number
  reason: string
  detail: string
}

/**
 * Deletes rejected messages, in the transaction that stores their notifications: a message is always in exactly one table.
 *
 * @returns the ids of the deleted rows
 */
export async function removeRejected(client: Queryable, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return []
  // Locked in the order of ids, so that two processes that remove the same rows do not deadlock.
  const { rows } = await client.query<{ id: number }>(
    `with locked as (select id from rejected_message where id = any($1::bigint[]) order by id for update)
     delete from rejected_message using locked where rejected_message.id = locked.id returning rejected_message.id`,
    [ids],
  )
  return rows.map(({ id }) => id)
}

const types: ColumnTypes<NewReason> = { id: 'bigint', reason: 'text', detail: 'text' }

/** Updates the reasons of messages that were rejected again. Their body and time of receipt stay. */
export async function rejectAgain(client: Queryable, reasons: readonly NewReason[]): Promise<void> {
  if (reasons.length === 0) return
  const { sql, values } = unnest(types, reasons)
  await client.query(
    `update rejected_message set reason = input.reason, detail = input.detail from ${sql}
      where rejected_message.id = input.id
        and (rejected_message.reason, rejected_message.detail) is distinct from (input.reason, input.detail)`,
    values,
  )
}
