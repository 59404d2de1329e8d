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
  type StorageWindow,
} from '@stacktach/domain'
import { messageOf } from '@stacktach/runtime'
import { groupBy } from './groupBy.ts'
import { type Message, type Parsed, storageWindow } from './readMessage.ts'
import { rejectedRow } from './rejectedRow.ts'

/** The deployment of a batch of messages. */
export interface Destination {
  deployment: string
  deploymentId: number
  shards: number
}

export interface StoreCounts {
  received: number
  /** New notifications; the others are duplicates or rejected. */
  stored: number
  rejected: number
  /** Number of rejected messages by reason. */
  reasons: Reasons
  /** Shards that have new backlog rows. */
  touched: BackloggedShard[]
}

export type Reasons = Partial<Record<RejectReason, number>>

/** Messages of one transaction. */
export interface BatchOutcome<M extends Message> {
  accepted: readonly M[]
  rejected: readonly RejectedMessage<M>[]
}

export interface RejectedMessage<M extends Message> extends Pick<Rejection, 'reason' | 'detail'> {
  message: M
}

/** Records which messages were accepted and rejected, in the transaction that stores the accepted ones. */
export type RecordOutcome<M extends Message> = (client: Queryable, outcome: BatchOutcome<M>) => Promise<void>

interface Accepted<M extends Message> {
  message: M
  row: NotificationRow
}

interface StoreContext<M extends Message> {
  database: Database
  partitions: Partitions
  destination: Destination
  recordOutcome: RecordOutcome<M>
}

/**
 * Stores a batch of messages, each as a notification of its service or as a rejected message, in one transaction for
 * each service. If PostgreSQL rejects a row, the batch is halved until that row is alone; it is stored as a rejected
 * message.
 *
 * @param recordOutcome by default inserts the rejected messages
 * @returns the counts, and the timestamps of the accepted notifications
 * @throws Error when the database is unavailable. Part of the batch may be stored; storing it again is safe, because
 *   duplicates are ignored
 */
export async function storeMessages<M extends Message>(
  database: Database,
  partitions: Partitions,
  destination: Destination,
  messages: readonly Parsed<M>[],
  now: Instant,
  recordOutcome: RecordOutcome<M> = insertRejected(destination.deployment, now),
): Promise<StoreCounts & { timestamps: Instant[] }> {
  const windows = await storageWindows(partitions, messages, now)
  const accepted: Accepted<M>[] = []
  const rejected: RejectedMessage<M>[] = []
  for (const message of messages) {
    const { result } = message
    const rejection = result.kind === 'stored' ? outsideWindow(result.row.when, windows[result.row.table]) : result
    if (rejection !== null) rejected.push({ message, reason: rejection.reason, detail: rejection.detail })
    else if (result.kind === 'stored') accepted.push({ message, row: result.row })
  }
  const context = { database, partitions, destination, recordOutcome }
  const groups = groupBy(accepted, ({ row }) => row.table)
  // A transaction with several services could deadlock with another one: both update the row of the deployment.
  const [first = [], ...others] = groups.values()
  let counts = await store(context, first, rejected)
  for (const group of others) counts = sum(counts, await store(context, group, []))
  return { ...counts, timestamps: accepted.map(({ row }) => row.when) }
}

/** The storage window of each service; the horizon is read only for those of the messages. */
async function storageWindows<M extends Message>(
  partitions: Partitions,
  messages: readonly Parsed<M>[],
  now: Instant,
): Promise<Record<Service, StorageWindow>> {
  const windows = { nova: storageWindow(now), glance: storageWindow(now), generic: storageWindow(now) }
  const rows = messages.flatMap(({ result }) => (result.kind === 'stored' ? [result.row] : []))
  for (const service of new Set(rows.map(({ table }) => table))) {
    windows[service] = storageWindow(now, await partitions.horizon(service))
  }
  return windows
}

function insertRejected(deployment: string, now: Instant): RecordOutcome<Message> {
  return async (client, { rejected }) => {
    await storeRejected(
      client,
      rejected.map(({ message, ...rejection }) => rejectedRow(deployment, message, rejection, now)),
    )
  }
}

/** Stores notifications of one service, and rejected messages. */
async function store<M extends Message>(
  context: StoreContext<M>,
  accepted: readonly Accepted<M>[],
  rejected: readonly RejectedMessage<M>[],
): Promise<StoreCounts> {
  const { database, partitions, recordOutcome } = context
  const { deploymentId, shards } = context.destination
  const rows = accepted.map(({ row }) => row)
  const service = rows[0]?.table
  try {
    if (service !== undefined) {
      await partitions.ensure(
        service,
        rows.map(({ when }) => when),
      )
    }
    const { stored, touched } = await inTransaction(database.pool, async (client) => {
      await recordOutcome(client, { accepted: accepted.map(({ message }) => message), rejected })
      return service === undefined
        ? { stored: 0, touched: [] }
        : storeBatch(client, service, deploymentId, rows, shards)
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
      const [first] = accepted
      if (first && accepted.length === 1) {
        const rejection = {
          message: first.message,
          reason: 'refused by the database',
          detail: messageOf(error),
        } as const
        return store(context, [], [...rejected, rejection])
      }
      const half = Math.ceil(accepted.length / 2)
      const firstHalf = await store(context, accepted.slice(0, half), rejected)
      const secondHalf = await store(context, accepted.slice(half), [])
      return sum(firstHalf, secondHalf)
    }
    throw error
  }
}

function sum(a: StoreCounts, b: StoreCounts): StoreCounts {
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
    const count = b[reason]
    if (count !== undefined) total[reason] = (total[reason] ?? 0) + count
  }
  return total
}
