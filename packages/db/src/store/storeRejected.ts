import type { Queryable } from '../sql/transaction.ts'
import { type ColumnTypes, unnest } from '../sql/unnest.ts'

/** A message that could not be stored, as it came. */
export interface RejectedRow {
  deployment: string
  exchange: string
  routing_key: string
  reason: string
  detail: string
  /** The bytes as they came, or, of too many, the first of them. */
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

/** Keeps rejected messages; one delivered again is kept once. */
export async function storeRejected(client: Queryable, rows: readonly RejectedRow[]): Promise<number> {
  if (rows.length === 0) return 0
  const { sql, columns, values } = unnest(types, rows)
  const result = await client.query(
    `insert into rejected_message (${columns}) select * from ${sql} order by body_sha256 on conflict do nothing`,
    values,
  )
  return result.rowCount ?? 0
}
