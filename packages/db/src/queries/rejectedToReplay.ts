import type { Database } from '../connection/open.ts'

/** A rejected message as it came. */
export interface RejectedToReplay {
  id: number
  deployment: string
  exchange: string
  routingKey: string
  /** Null when only the first of its bytes were kept. */
  body: Buffer | null
}

export interface ReplayRange {
  /** Only these; null is all. */
  ids: readonly number[] | null
  /** Ids after this one, */
  after: number
  /** and not after this one. */
  upTo: number
}

/** The next rejected messages of a range, in the order of their ids: so many, and so many bytes, at most. */
export async function rejectedToReplay(
  { pool }: Database,
  { ids, after, upTo }: ReplayRange,
  limit: number,
  bytes: number,
): Promise<RejectedToReplay[]> {
  const { rows } = await pool.query<Omit<RejectedToReplay, 'id'> & { id: string }>(
    `select id, deployment, exchange, routing_key as "routingKey", case when kept = body_size then body end as body
       from (select *, sum(kept) over (order by id) - kept as before
               from (select *, octet_length(body) as kept from rejected_message
                      where id > $1 and id <= $2 and ($3::bigint[] is null or id = any($3::bigint[]))
                      order by id limit $4) as next) as measured
      where before < $5 order by id`,
    [after, upTo, ids, limit, bytes],
  )
  return rows.map((row) => ({ ...row, id: Number(row.id) }))
}

/** The id of the rejected message that came last; 0 when there is none. */
export async function lastRejectedId({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ id: string }>('select coalesce(max(id), 0) as id from rejected_message')
  return Number(rows[0]?.id ?? 0)
}
