import {
  deploymentId,
  lastRejectedId,
  type RejectedToReplay,
  rejectAgain,
  rejectedToReplay,
  removeRejected,
} from '@stacktach/db'
import { serviceOf } from '@stacktach/domain'
import type { Payload, Progress } from '@stacktach/jobs'
import { type Message, readMessages, withoutNul } from '../ingest/message.ts'
import { type RecordOutcome, type Stored, storeMessages } from '../ingest/storeMessages.ts'
import { wakeUpFor } from '../wakeUpFor.ts'
import type { JobContext } from './context.ts'

/** Messages of one step at most, and about how many bytes of them. */
const MESSAGES = 500
const BYTES = 8 * 1024 * 1024

/** What became of the rejected messages. */
interface Counts {
  /** New notifications. */
  stored: number
  /** Accepted too, but their notification had come again in the meantime and was stored already. */
  known: number
  /** Still bad. */
  rejected: number
  /** Not tried: of a message that was too large only the first bytes were kept. */
  refused: number
}

interface Done extends Counts {
  /** The last id that was looked at. */
  after: number
}

interface Replayed extends Message {
  id: number
}

/**
 * Stores rejected messages again, by the way they first came: what is accepted is stored and no longer rejected, in one
 * transaction; what is still bad stays with its new reason. An attempt that was cut off is taken up where it ended.
 */
export async function replayRejected(
  context: JobContext,
  { ids }: Payload<'replay-rejected'>,
  progress: Progress,
): Promise<Counts> {
  const upTo = await lastRejectedId(context.database)
  let done = doneBefore(progress.before)
  for (;;) {
    if (context.stopping.aborted) throw new Error('the process stops, another attempt goes on')
    const batch = await rejectedToReplay(context.database, { ids, after: done.after, upTo }, MESSAGES, BYTES)
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

/** Of one exchange of one deployment. */
async function replayChannel(context: JobContext, deployment: string, messages: readonly Replayed[]): Promise<Stored> {
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

/** Some were dropped, or replayed by another, after they were read: they must not be stored. */
class Gone extends Error {
  readonly ids: ReadonlySet<number>

  constructor(ids: readonly number[]) {
    super('rejected messages are gone')
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

function doneBefore(told: unknown): Done {
  const number = (name: string) => {
    const value: unknown = typeof told === 'object' && told !== null ? Reflect.get(told, name) : 0
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
