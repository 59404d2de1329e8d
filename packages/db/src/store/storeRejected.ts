import type { Queryable } from '../sql/transaction.ts'
import { type ColumnTypes, unnest } from '../sql/unnest.ts'

/** A message that could not be stored. */
export interface RejectedRow {
  deployment: string
  exchange: string
  routing_key: string
  reason: string
  detail: string
  /** The received bytes; only the first ones of a message that is too large. */
  body: Buffer
  body_size: number
  /** SHA-256 of all bytes, in hexadecimal. */
  body_sha256: string
  /** Microseconds of unix time. */
  received_at: number
}

const types: ColumnTypes<RejectedRow> = {
  deployment: 'text',
  exchange: 'text',
  routing_key: 'text',
  reason: 'text',
  detail: 'text',
  body: 'bytea',
  body_size: 'int',
  body_sha256: 'text',
  received_at: 'bigint',
}

/**
 * Stores rejected messages; duplicates are skipped.
 *
 * @returns the number of new rows
 */
export async function storeRejected(client: Queryable, rows: readonly RejectedRow[]): Promise<number> {
  if (rows.length === 0) return 0
  const { sql, columns, values } = unnest(types, rows)
  const result = await client.query(
    `insert into rejected_message (${columns}) select * from ${sql} order by body_sha256 on conflict do nothing`,
    values,
  )
  return result.rowCount ?? 0
}
