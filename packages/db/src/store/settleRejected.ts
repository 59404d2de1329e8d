import type { Queryable } from '../sql/transaction.ts'
import { type ColumnTypes, unnest } from '../sql/unnest.ts'

/** Why a rejected message is still rejected. */
export interface NewReason {
  id: number
  reason: string
  detail: string
}

/**
 * Removes rejected messages. In one transaction with what stores them they are never in both places, nor in neither.
 *
 * @returns the ids of those that were still there
 */
export async function removeRejected(client: Queryable, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return []
  // Locked in the order of ids: two that remove the same ones wait for each other instead of deadlocking.
  const { rows } = await client.query<{ id: string }>(
    `with locked as (select id from rejected_message where id = any($1::bigint[]) order by id for update)
     delete from rejected_message using locked where rejected_message.id = locked.id returning rejected_message.id`,
    [ids],
  )
  return rows.map(({ id }) => Number(id))
}

const types: ColumnTypes<NewReason> = { id: 'bigint', reason: 'text', detail: 'text' }

/** Writes down why messages that were tried again are still rejected; what was received, and when, stays. */
export async function rejectAgain(client: Queryable, reasons: readonly NewReason[]): Promise<void> {
  if (reasons.length === 0) return
  const { sql, values } = unnest(types, reasons)
  await client.query(
    `update rejected_message set reason = given.reason, detail = given.detail from ${sql}
      where rejected_message.id = given.id
        and (rejected_message.reason, rejected_message.detail) is distinct from (given.reason, given.detail)`,
    values,
  )
}
