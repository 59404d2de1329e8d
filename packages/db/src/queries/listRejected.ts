import type { Database } from '../connection/open.ts'
import { forEachBatch } from '../sql/forEachBatch.ts'
import { opaqueToPlanner } from '../sql/opaqueToPlanner.ts'
import { Parameters } from './parameters.ts'

/** A rejected message without its body, for lists. */
export interface ListedRejected {
  id: number
  deployment: string
  exchange: string
  routingKey: string
  reason: string
  detail: string
  /** Size of the received body in bytes. */
  size: number
  /** Number of stored bytes; less than `size` only if the message was too large. */
  kept: number
  /** Microseconds of Unix time. */
  receivedAt: number
}

export interface RejectedSearch {
  /** Case-insensitive substring of the reason or its detail. */
  reason?: string | undefined
  ids?: readonly number[] | undefined
  /** Infinity for all. */
  limit: number
}

/** Lists rejected messages, newest first, in batches passed to `take`. */
export async function listRejected(
  { pool }: Database,
  { reason, ids, limit }: RejectedSearch,
  take: (rows: ListedRejected[]) => void,
): Promise<void> {
  const parameters = new Parameters()
  const conditions: string[] = []
  if (ids !== undefined) conditions.push(`id = any(${parameters.bind(ids)}::bigint[])`)
  if (reason !== undefined) {
    const part = parameters.bind(reason)
    conditions.push(
      opaqueToPlanner(`strpos(lower(reason), lower(${part})) > 0 or strpos(lower(detail), lower(${part})) > 0`),
    )
  }
  await forEachBatch<ListedRejected>(
    pool,
    `select id, deployment, exchange, routing_key as "routingKey", reason, detail, body_size as size,
            octet_length(body) as kept, received_at as "receivedAt"
       from rejected_message ${conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`}
      order by id desc limit ${parameters.bind(Number.isFinite(limit) ? limit : null)}`,
    parameters.values,
    take,
  )
}

/** The stored bytes of a rejected message; null if there is no message with the id. */
export async function rejectedBody({ prisma }: Database, id: number): Promise<Buffer | null> {
  const row = await prisma.rejectedMessage.findUnique({ select: { body: true }, where: { id: BigInt(id) } })
  return row === null ? null : Buffer.from(row.body)
}
