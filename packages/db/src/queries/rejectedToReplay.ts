import type { Database } from '../connection/open.ts'

/** A rejected message as received. */
export interface RejectedToReplay {
  id: number
  deployment: string
  exchange: string
  routingKey: string
  /** Null if the stored body is truncated. */
  body: Buffer | null
}

export interface ReplayRange {
  /** Ids to replay; null for all. */
  ids: readonly number[] | null
  /** Lower bound of the ids, exclusive. */
  after: number
  /** Upper bound of the ids, inclusive. */
  upTo: number
}

/** The next rejected messages of a range in order of id, limited by count and total bytes. */
export async function rejectedToReplay(
  { pool }: Database,
  { ids, after, upTo }: ReplayRange,
  limit: number,
  bytes: number,
): Promise<RejectedToReplay[]> {
  const { rows } = await pool.query<RejectedToReplay>(
    `select id, deployment, exchange, routing_key as "routingKey", case when stored = body_size then body end as body
       from (select *, sum(stored) over (order by id) - stored as before
               from (select *, octet_length(body) as stored from rejected_message
                      where id > $1 and id <= $2 and ($3::bigint[] is null or id = any($3::bigint[]))
                      order by id limit $4) as next) as measured
      where before < $5 order by id`,
    [after, upTo, ids, limit, bytes],
  )
  return rows
}

/** The id of the latest rejected message; 0 if there is none. */
export async function lastRejectedId({ prisma }: Database): Promise<number> {
  // Not `aggregate`, whose subquery keeps PostgreSQL from reading the index for the maximum.
  const row = await prisma.rejectedMessage.findFirst({ select: { id: true }, orderBy: { id: 'desc' } })
  return Number(row?.id ?? 0)
}
