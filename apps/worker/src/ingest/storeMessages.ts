import {
  type BackloggedShard,
  type Database,
  inTransaction,
  isMissingPartition,
  isRefusedRow,
  type Partitions,
  type Queryable,
  storeBatch,
  storeRejected,
} from '@stacktach/db'
import {
  type Instant,
  type NotificationRow,
  outsideWindow,
  type Rejection,
  type RejectReason,
  rejectReasons,
  type Service,
} from '@stacktach/domain'
import { type Message, type Parsed, rejectedRow, storageWindow } from './message.ts'

/** Where the messages of one channel go. */
export interface Destination {
  deployment: string
  deploymentId: number
  service: Service
  shards: number
}

export interface Stored {
  received: number
  /** New notifications; the rest were stored before, or rejected. */
  stored: number
  rejected: number
  /** Those rejected, by why. */
  reasons: Reasons
  touched: BackloggedShard[]
}

export type Reasons = Partial<Record<RejectReason, number>>

/** What became of the messages of one transaction. */
export interface BatchOutcome<M extends Message> {
  accepted: readonly M[]
  rejected: readonly Rejected<M>[]
}

export interface Rejected<M extends Message> extends Pick<Rejection, 'reason' | 'detail'> {
  message: M
}

/** Writes down what became of messages, in the transaction that stores those that were accepted. */
export type RecordOutcome<M extends Message> = (client: Queryable, outcome: BatchOutcome<M>) => Promise<void>

interface Accepted<M extends Message> {
  message: M
  row: NotificationRow
}

interface Work<M extends Message> {
  database: Database
  partitions: Partitions
  destination: Destination
  settle: RecordOutcome<M>
}

/**
 * Stores a batch of messages: each ends as a notification or as a rejected message, in one transaction. A batch with a row
 * in it that PostgreSQL refuses is halved until that row stands alone; it is rejected and the rest stored.
 *
 * Rejects when the database is away or in trouble: nothing of the batch is stored then that would be counted twice when it
 * is given again.
 *
 * @param settle keeps what is rejected; by default as new
 * @returns with the times of the notifications that could be read
 */
export async function storeMessages<M extends Message>(
  database: Database,
  partitions: Partitions,
  destination: Destination,
  messages: readonly Parsed<M>[],
  now: Instant,
  settle: RecordOutcome<M> = keepRejected(destination.deployment, now),
): Promise<Stored & { whens: Instant[] }> {
  const window = storageWindow(now, await partitions.horizon(destination.service))
  const accepted: Accepted<M>[] = []
  const rejected: Rejected<M>[] = []
  for (const message of messages) {
    const { result } = message
    const rejection = result.kind === 'stored' ? outsideWindow(result.row.when, window) : result
    if (rejection !== null) rejected.push({ message, reason: rejection.reason, detail: rejection.detail })
    else if (result.kind === 'stored') accepted.push({ message, row: result.row })
  }
  const stored = await store({ database, partitions, destination, settle }, accepted, rejected)
  return { ...stored, whens: accepted.map(({ row }) => row.when) }
}

function keepRejected(deployment: string, now: Instant): RecordOutcome<Message> {
  return async (client, { rejected }) => {
    await storeRejected(
      client,
      rejected.map(({ message, ...rejection }) => rejectedRow(deployment, message, rejection, now)),
    )
  }
}

async function store<M extends Message>(
  work: Work<M>,
  accepted: readonly Accepted<M>[],
  rejected: readonly Rejected<M>[],
): Promise<Stored> {
  const { database, partitions, settle } = work
  const { service, deploymentId, shards } = work.destination
  const rows = accepted.map(({ row }) => row)
  try {
    await partitions.ensure(
      service,
      rows.map(({ when }) => when),
    )
    const { stored, touched } = await inTransaction(database.pool, async (client) => {
      await settle(client, { accepted: accepted.map(({ message }) => message), rejected })
      return storeBatch(client, service, deploymentId, rows, shards)
    })
    return {
      received: rows.length + rejected.length,
      stored,
      rejected: rejected.length,
      reasons: countReasons(rejected),
      touched,
    }
  } catch (error) {
    if (isMissingPartition(error)) partitions.forget()
    else if (isRefusedRow(error) && accepted.length > 0) {
      const [only] = accepted
      if (only && accepted.length === 1) {
        const detail = error instanceof Error ? error.message : String(error)
        const refused = { message: only.message, reason: 'refused by the database', detail } as const
        return store(work, [], [...rejected, refused])
      }
      const half = Math.ceil(accepted.length / 2)
      const first = await store(work, accepted.slice(0, half), rejected)
      const second = await store(work, accepted.slice(half), [])
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
    reasons: addReasons(a.reasons, b.reasons),
    touched: [...a.touched, ...b.touched],
  }
}

function countReasons(rejected: readonly { reason: RejectReason }[]): Reasons {
  const counts: Reasons = {}
  for (const { reason } of rejected) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}

function addReasons(a: Reasons, b: Reasons): Reasons {
  const total = { ...a }
  for (const reason of rejectReasons) {
    const more = b[reason]
    if (more !== undefined) total[reason] = (total[reason] ?? 0) + more
  }
  return total
}
