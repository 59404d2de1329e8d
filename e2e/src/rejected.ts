import { createHash } from 'node:crypto'
import type { Database } from '@stacktach/db'

type Pool = Database['pool']

/** A valid notification, `seconds` after the start of a day. */
export function rejectedNotification(seconds: number): Buffer {
  const at = new Date(Date.UTC(2026, 10, 20) + seconds * 1000).toISOString()
  return Buffer.from(
    JSON.stringify({
      event_type: 'compute.instance.update',
      publisher_id: 'compute.host',
      message_id: `replayed-${seconds}`,
      timestamp: at,
      payload: { instance_id: `replayed-${seconds}` },
    }),
  )
}

/**
 * Inserts rejected messages, as an earlier version of the program may have rejected them.
 *
 * @param size received size of each body in bytes, larger than the body if it was truncated; default: the size of the body
 * @returns their ids
 */
export async function insertRejected(
  pool: Pool,
  bodies: readonly Buffer[],
  reason = 'no event_type',
  size?: number,
): Promise<number[]> {
  const { rows } = await pool.query<{ id: number }>(
    `insert into rejected_message (deployment, exchange, routing_key, reason, detail, body, body_size, body_sha256, received_at)
     select 'east', 'nova', 'notifications.info', $1, 'as an earlier version saw it', body, size, sha, 1
       from unnest($2::bytea[], $3::int[], $4::text[]) as input(body, size, sha) returning id`,
    [
      reason,
      bodies,
      bodies.map((body) => size ?? body.length),
      // The digest is unique per route and body, so equal bodies get different digests here.
      bodies.map((body, index) => createHash('sha256').update(body).update(String(index)).digest('hex')),
    ],
  )
  return rows.map(({ id }) => id)
}
