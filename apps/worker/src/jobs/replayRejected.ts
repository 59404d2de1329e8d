import {
  deploymentId,
  lastRejectedId,
  type RejectedToReplay,
  rejectAgain,
  rejectedToReplay,
  removeRejected,
} from '@stacktach/db'
import { serviceOf } from '@stacktach/domain'
import {
  type Message,
  type RecordOutcome,
  readMessages,
  type StoreCounts,
  storeMessages,
  withoutNul,
} from '@stacktach/ingestion'
import type { Payload, Progress } from '@stacktach/jobs'
import { wakeUpFor } from '../wakeUpFor.ts'
import type { JobContext } from './context.ts'

/** Limits of one batch; the byte limit is approximate. */
const BATCH_MESSAGES = 500
const BATCH_BYTES = 8 * 1024 * 1024

/** Rejected messages by the outcome of their replay. */
interface Counts {
  /** New notifications. */
  stored: number
  /** Accepted, but their notification was redelivered in the meantime and is stored already. */
  known: number
  /** Still invalid. */
  rejected: number
  /** Not replayed: only the first bytes of a message that was too large are kept. */
  refused: number
}

interface Done extends Counts {
  /** The last id that was processed. */
  after: number
}

interface Replayed extends Message {
  id: number
}

/**
 * Stores rejected messages again, as if they had just been delivered. One transaction stores the accepted messages and
 * removes them from the rejected ones; messages that are still invalid get their new reason. A retry resumes after the
 * last batch.
 */
export async function replayRejected(
  context: JobContext,
  { ids }: Payload<'replay-rejected'>,
  progress: Progress,
): Promise<Counts> {
  const upTo = await lastRejectedId(context.database)
  let done = doneBefore(progress.before)
  for (;;) {
    if (context.stopping.aborted) throw new Error('shutting down; the next attempt resumes')
    const batch = await rejectedToReplay(
      context.database,
      { ids, after: done.after, upTo },
      BATCH_MESSAGES,
      BATCH_BYTES,
    )
    const last = batch.at(-1)
    if (last === undefined) {
      const { after: _, ...counts } = done
      return counts
    }
    done = sum({ ...done, after: last.id }, await replayBatch(context, batch))
    await progress.tell({ ...done })
  }
}

async function replayBatch(context: JobContext, batch: readonly RejectedToReplay[]): Promise<Counts> {
  const whole = batch.flatMap(({ body, ...message }) => (body === null ? [] : [{ ...message, body }]))
  const channels = new Map<string, (typeof whole)[number][]>()
  for (const message of whole) {
    const key = JSON.stringify([message.deployment, message.exchange])
    channels.set(key, [...(channels.get(key) ?? []), message])
  }
  let counts = { stored: 0, known: 0, rejected: 0, refused: batch.length - whole.length }
  for (const messages of channels.values()) {
    const { received, stored, rejected } = await replayChannel(context, messages[0]?.deployment ?? '', messages)
    counts = sum(counts, { stored, known: received - stored - rejected, rejected, refused: 0 })
  }
  return counts
}

/** Replays messages of one exchange of one deployment. */
async function replayChannel(
  context: JobContext,
  deployment: string,
  messages: readonly Replayed[],
): Promise<StoreCounts> {
  const { database, partitions, shards, maxBody, wakeUps, clock } = context
  const destination = {
    deployment,
    deploymentId: await deploymentId(database.pool, deployment),
    service: serviceOf(messages[0]?.exchange ?? ''),
    shards,
  }
  try {
    const done = await storeMessages(
      database,
      partitions,
      destination,
      readMessages(messages, maxBody),
      clock(),
      settle,
    )
    wakeUps.enqueue(done.touched.map(wakeUpFor))
    return done
  } catch (error) {
    if (!(error instanceof Gone)) throw error
    const left = messages.filter(({ id }) => !error.ids.has(id))
    if (left.length === 0) return { received: 0, stored: 0, rejected: 0, reasons: {}, touched: [] }
    return replayChannel(context, deployment, left)
  }
}

/** Some messages were dropped or replayed by another process after they were read; they must not be stored. */
class Gone extends Error {
  readonly ids: ReadonlySet<number>

  constructor(ids: readonly number[]) {
    super('rejected messages were deleted concurrently')
    this.ids = new Set(ids)
  }
}

const settle: RecordOutcome<Replayed> = async (client, { accepted, rejected }) => {
  const ids = accepted.map(({ id }) => id)
  const removed = new Set(await removeRejected(client, ids))
  if (removed.size < ids.length) throw new Gone(ids.filter((id) => !removed.has(id)))
  await rejectAgain(
    client,
    rejected.map(({ message, reason, detail }) => ({ id: message.id, reason, detail: withoutNul(detail) })),
  )
}

function doneBefore(input: unknown): Done {
  const number = (name: string) => {
    const value: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, name) : 0
    return typeof value === 'number' ? value : 0
  }
  return {
    after: number('after'),
    stored: number('stored'),
    known: number('known'),
    rejected: number('rejected'),
    refused: number('refused'),
  }
}

function sum<C extends Counts>(a: C, b: Counts): C {
  return {
    ...a,
    stored: a.stored + b.stored,
    known: a.known + b.known,
    rejected: a.rejected + b.rejected,
    refused: a.refused + b.refused,
  }
}
