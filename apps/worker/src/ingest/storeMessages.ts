import {
  type BackloggedShard,
  type Database,
  inTransaction,
  isMissingPartition,
  isRefusedRow,
  type Partitions,
  type RejectedRow,
  storeBatch,
  storeRejected,
} from '@stacktach/db'
import type { Instant, NotificationRow, Service } from '@stacktach/domain'
import { type Message, normalizeContext, readMessage, rejectedRow } from './message.ts'

/** Where the messages of one channel go. */
export interface Destination {
  deployment: string
  deploymentId: number
  service: Service
  shards: number
  maxBody: number
}

export interface Stored {
  received: number
  /** New notifications; the rest were stored before, or rejected. */
  stored: number
  rejected: number
  touched: BackloggedShard[]
}

interface Accepted {
  message: Message
  row: NotificationRow
}

/**
 * Stores a batch of messages: each ends as a notification or as a rejected message, in one transaction. A batch with a row
 * in it that PostgreSQL refuses is halved until that row stands alone; it is rejected and the rest stored.
 *
 * Rejects when the database is away or in trouble: nothing of the batch is stored then that would be counted twice when it
 * is given again.
 */
export async function storeMessages(
  database: Database,
  partitions: Partitions,
  destination: Destination,
  messages: readonly Message[],
  now: Instant,
): Promise<Stored> {
  const context = normalizeContext(now)
  const accepted: Accepted[] = []
  const rejections: RejectedRow[] = []
  for (const message of messages) {
    const result = readMessage(message, destination.maxBody, context)
    if (result.kind === 'stored') accepted.push({ message, row: result.row })
    else rejections.push(rejectedRow(destination.deployment, message, result, now))
  }
  return store(database, partitions, destination, accepted, rejections, now)
}

async function store(
  database: Database,
  partitions: Partitions,
  destination: Destination,
  accepted: readonly Accepted[],
  rejections: readonly RejectedRow[],
  now: Instant,
): Promise<Stored> {
  const { service, deploymentId, deployment, shards } = destination
  const rows = accepted.map(({ row }) => row)
  try {
    await partitions.ensure(
      service,
      rows.map(({ when }) => when),
    )
    const { stored, touched } = await inTransaction(database.pool, async (client) => {
      await storeRejected(client, rejections)
      return storeBatch(client, service, deploymentId, rows, shards)
    })
    return { received: rows.length + rejections.length, stored, rejected: rejections.length, touched }
  } catch (error) {
    if (isMissingPartition(error)) partitions.forget()
    else if (isRefusedRow(error) && accepted.length > 0) {
      const [only] = accepted
      if (only && accepted.length === 1) {
        const detail = error instanceof Error ? error.message : String(error)
        const refused = rejectedRow(deployment, only.message, { reason: 'refused by the database', detail }, now)
        return store(database, partitions, destination, [], [...rejections, refused], now)
      }
      const half = Math.ceil(accepted.length / 2)
      const first = await store(database, partitions, destination, accepted.slice(0, half), rejections, now)
      const second = await store(database, partitions, destination, accepted.slice(half), [], now)
      return sum(first, second)
    }
    throw error
  }
}

function sum(a: Stored, b: Stored): Stored {
  return {
    received: a.received + b.received,
    stored: a.stored + b.stored,
    rejected: a.rejected + b.rejected,
    touched: [...a.touched, ...b.touched],
  }
}
