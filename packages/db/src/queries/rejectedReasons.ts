import type { Instant } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'

/** Rejected messages with the same reason. */
export interface RejectedReason {
  reason: string
  count: number
  last: Instant
}

/**
 * Counts the latest rejected messages by reason, most frequent first.
 *
 * @param limit of the messages: what is read at most
 * @returns null if the database role may not read them
 */
export async function rejectedReasons({ pool }: Database, limit: number): Promise<RejectedReason[] | null> {
  const { rows: privileges } = await pool.query<{ canRead: boolean }>(
    `select has_column_privilege('rejected_message', 'reason', 'select') as "canRead"`,
  )
  if (privileges[0]?.canRead !== true) return null
  const { rows } = await pool.query<RejectedReason>(
    `select reason, count(*) as count, max(received_at) as last
       from (select reason, received_at from rejected_message order by id desc limit $1) as latest
      group by reason order by count(*) desc, reason`,
    [limit],
  )
  return rows
}
