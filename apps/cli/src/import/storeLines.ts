import { type Database, deploymentId, isMissingPartition, isTransient, type Partitions } from '@stacktach/db'
import type { Instant } from '@stacktach/domain'
import { groupBy, type Parsed, storeMessages } from '@stacktach/ingestion'
import pRetry from 'p-retry'
import type { ImportCounts } from './importState.ts'
import type { ImportedMessage } from './line.ts'
import type { ReadLines } from './readLines.ts'

/** How long storing is retried while the database is unavailable. */
const RETRY_TIMEOUT_MS = 60_000

export interface StoreTarget {
  database: Database
  partitions: Partitions
  shards: number
  clock: () => Instant
}

/** Stores the messages of a batch of lines as ingest does: duplicates are ignored, invalid messages are kept as rejected. */
export async function storeLines(target: StoreTarget, { messages, unreadable }: ReadLines): Promise<ImportCounts> {
  const counts: ImportCounts = { stored: 0, duplicates: 0, rejected: 0, unreadable: unreadable.length }
  for (const [deployment, own] of groupBy(messages, ({ deployment }) => deployment)) {
    const { received, stored, rejected } = await storeDeployment(target, deployment, own)
    counts.stored += stored
    counts.rejected += rejected
    counts.duplicates += received - stored - rejected
  }
  return counts
}

/** Stores messages of one deployment; retries while the database is unavailable or a partition is missing. */
async function storeDeployment(target: StoreTarget, deployment: string, messages: readonly Parsed<ImportedMessage>[]) {
  const { database, partitions, shards, clock } = target
  return pRetry(
    async () => {
      const destination = {
        deployment,
        deploymentId: await deploymentId(database.pool, deployment),
        shards,
      }
      return storeMessages(database, partitions, destination, messages, clock())
    },
    {
      retries: Number.POSITIVE_INFINITY,
      minTimeout: 200,
      maxTimeout: 5_000,
      maxRetryTime: RETRY_TIMEOUT_MS,
      shouldRetry: ({ error }) => isTransient(error) || isMissingPartition(error),
    },
  )
}
