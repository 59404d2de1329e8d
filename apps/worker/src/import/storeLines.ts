import { type Database, deploymentId, isMissingPartition, isTransient, type Partitions } from '@stacktach/db'
import { type Instant, serviceOf } from '@stacktach/domain'
import pRetry from 'p-retry'
import type { Parsed } from '../ingest/message.ts'
import { storeMessages } from '../ingest/storeMessages.ts'
import type { ImportedMessage } from './line.ts'
import type { ReadLines } from './readLines.ts'
import type { Counts } from './state.ts'

/** Milliseconds that an import waits for a database that is away. */
const PATIENCE = 60_000

export interface StoreParts {
  database: Database
  partitions: Partitions
  shards: number
  clock: () => Instant
}

/**
 * Stores the messages of some lines by the way they would have come from a broker: what is stored already is left alone,
 * what cannot be stored is kept as rejected.
 */
export async function storeLines(parts: StoreParts, { channels, unreadable }: ReadLines): Promise<Counts> {
  const counts: Counts = { stored: 0, known: 0, rejected: 0, unreadable: unreadable.length }
  for (const messages of channels) {
    const { received, stored, rejected } = await storeChannel(parts, messages)
    counts.stored += stored
    counts.rejected += rejected
    counts.known += received - stored - rejected
  }
  return counts
}

/** Messages of one exchange of one deployment; tried again while the database is away or a partition just went. */
async function storeChannel(parts: StoreParts, messages: readonly Parsed<ImportedMessage>[]) {
  const { database, partitions, shards, clock } = parts
  const { deployment = '', exchange = '' } = messages[0] ?? {}
  return pRetry(
    async () => {
      const destination = {
        deployment,
        deploymentId: await deploymentId(database.pool, deployment),
        service: serviceOf(exchange),
        shards,
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
