import { type Database, deploymentId, isMissingPartition, isTransient, type Partitions } from '@stacktach/db'
import { type Instant, serviceOf } from '@stacktach/domain'
import pRetry from 'p-retry'
import { storeMessages } from '../ingest/storeMessages.ts'
import { type ImportedMessage, readLine } from './line.ts'
import type { LineBatch } from './readBatches.ts'
import type { Counts } from './state.ts'

/** Milliseconds that an import waits for a database that is away. */
const PATIENCE = 60_000

export interface ImportParts {
  database: Database
  partitions: Partitions
  shards: number
  maxBody: number
  clock: () => Instant
  /** Told of a line that is no message. */
  onUnreadable(line: number, reason: string): void
}

/**
 * Stores the messages of some lines by the way they would have come from a broker: what is stored already is left alone,
 * what cannot be stored is kept as rejected.
 */
export async function importLines(parts: ImportParts, { lines, first }: LineBatch): Promise<Counts> {
  const counts: Counts = { stored: 0, known: 0, rejected: 0, unreadable: 0 }
  const channels = new Map<string, ImportedMessage[]>()
  lines.forEach((line, index) => {
    const text = line.toString('utf8')
    if (text.trim() === '') return
    const read = readLine(text)
    if (typeof read === 'string') {
      counts.unreadable++
      parts.onUnreadable(first + index, read)
      return
    }
    const key = JSON.stringify([read.deployment, read.exchange])
    const messages = channels.get(key)
    if (messages) messages.push(read)
    else channels.set(key, [read])
  })
  for (const messages of channels.values()) {
    const { received, stored, rejected } = await storeChannel(parts, messages)
    counts.stored += stored
    counts.rejected += rejected
    counts.known += received - stored - rejected
  }
  return counts
}

/** Messages of one exchange of one deployment; tried again while the database is away or a partition just went. */
async function storeChannel(parts: ImportParts, messages: readonly ImportedMessage[]) {
  const { database, partitions, shards, maxBody, clock } = parts
  const { deployment = '', exchange = '' } = messages[0] ?? {}
  return pRetry(
    async () => {
      const destination = {
        deployment,
        deploymentId: await deploymentId(database.pool, deployment),
        service: serviceOf(exchange),
        shards,
        maxBody,
      }
      return storeMessages(database, partitions, destination, messages, clock())
    },
    {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 200,
      maxTimeout: 5_000,
      maxRetryTime: PATIENCE,
      shouldRetry: ({ error }) => isTransient(error) || isMissingPartition(error),
    },
  )
}
