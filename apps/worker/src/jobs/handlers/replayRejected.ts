import {
  deploymentId,
  lastRejectedId,
  type RejectedToReplay,
  rejectAgain,
  rejectedToReplay,
  removeRejected,
} from '@stacktach/db'
import {
  groupBy,
  type Message,
  type Parsed,
  type RecordOutcome,
  readMessages,
  type StoreCounts,
  storeMessages,
  withoutNul,
} from '@stacktach/ingestion'
import { type Payload, type Progress, type Result, replayProgress } from '@stacktach/jobs'
import { wakeUpFor } from '../../wakeUpFor.ts'
import type { JobContext } from '../context.ts'

/** Limits of one batch; the byte limit is approximate. */
const BATCH_MESSAGES = 500
const BATCH_BYTES = 8 * 1024 * 1024

type Counts = Result<'replay-rejected'>

/** Counts of a replay and the last processed id. */
type State = ReturnType<typeof replayProgress.parse>

const NO_COUNTS: Counts = { stored: 0, duplicates: 0, rejected: 0, truncated: 0 }

/** A rejected message whose whole body is stored. */
interface ReplayedMessage extends Message {
  id: number
}

/**
 * Stores rejected messages again, as if they were delivered now. One transaction stores the accepted messages of a batch
 * and removes them from the rejected ones; messages that are still invalid get their new reason. A retry resumes after the
 * last batch.
 */
export async function replayRejected(
  context: JobContext,
  { ids }: Payload<'replay-rejected'>,
  progress: Progress,
): Promise<Counts> {
  const upTo = await lastRejectedId(context.database)
  let state: State = replayProgress.safeParse(progress.previous).data ?? { ...NO_COUNTS, after: 0 }
  for (;;) {
    if (context.stopping.aborted) throw new Error('shutting down; the next attempt resumes')
    const batch = await rejectedToReplay(
      context.database,
      { ids, after: state.after, upTo },
      BATCH_MESSAGES,
      BATCH_BYTES,
    )
    const last = batch.at(-1)
    if (last === undefined) {
      const { after: _, ...counts } = state
      return counts
    }
    state = sum({ ...state, after: last.id }, await replayBatch(context, batch))
    await progress.report({ ...state })
  }
}

async function replayBatch(context: JobContext, batch: readonly RejectedToReplay[]): Promise<Counts> {
  const complete = batch.flatMap(({ body, ...message }) => (body === null ? [] : [{ ...message, body }]))
  // One transaction stores each group, and removes its messages from the rejected ones.
  const groups = groupBy(readMessages(complete, context), ({ deployment, result }) =>
    JSON.stringify([deployment, result.kind === 'stored' ? result.row.table : null]),
  )
  let counts: Counts = { ...NO_COUNTS, truncated: batch.length - complete.length }
  for (const messages of groups.values()) {
    const { received, stored, rejected } = await replayMessages(context, messages[0]?.deployment ?? '', messages)
    counts = sum(counts, { stored, duplicates: received - stored - rejected, rejected, truncated: 0 })
  }
  return counts
}

/** Replays messages of one deployment and service. */
async function replayMessages(
  context: JobContext,
  deployment: string,
  messages: readonly Parsed<ReplayedMessage>[],
): Promise<StoreCounts> {
  const { database, partitions, shards, wakeUps, clock } = context
  const destination = {
    deployment,
    deploymentId: await deploymentId(database.pool, deployment),
    shards,
  }
  try {
    const counts = await storeMessages(database, partitions, destination, messages, clock(), recordReplay)
    wakeUps.enqueue(counts.touched.map(wakeUpFor))
    return counts
  } catch (error) {
    if (!(error instanceof ConcurrentlyDeleted)) throw error
    const remaining = messages.filter(({ id }) => !error.ids.has(id))
    if (remaining.length === 0) return { received: 0, stored: 0, rejected: 0, reasons: {}, touched: [] }
    return replayMessages(context, deployment, remaining)
  }
}

/** Another process dropped or replayed some of the messages after they were read; they must not be stored. */
class ConcurrentlyDeleted extends Error {
  readonly ids: ReadonlySet<number>

  constructor(ids: readonly number[]) {
    super('rejected messages were deleted concurrently')
    this.ids = new Set(ids)
  }
}

/** Removes the accepted messages from the rejected ones, and updates the reason of the others. */
const recordReplay: RecordOutcome<ReplayedMessage> = async (client, { accepted, rejected }) => {
  const ids = accepted.map(({ id }) => id)
  const removed = new Set(await removeRejected(client, ids))
  if (removed.size < ids.length) throw new ConcurrentlyDeleted(ids.filter((id) => !removed.has(id)))
  await rejectAgain(
    client,
    rejected.map(({ message, reason, detail }) => ({ id: message.id, reason, detail: withoutNul(detail) })),
  )
}

function sum<C extends Counts>(a: C, b: Counts): C {
  return {
    ...a,
    stored: a.stored + b.stored,
    duplicates: a.duplicates + b.duplicates,
    rejected: a.rejected + b.rejected,
    truncated: a.truncated + b.truncated,
  }
}
