import {
  countExistsStatus,
  type Database,
  databaseError,
  type ExistsService,
  type ExistsStatus,
  type ReplicaState,
  replicaState,
  type SystemStatus,
  systemStatus,
} from '@stacktach/db'
import { countJobs, type IngestProcess, type QueueCounts } from '@stacktach/jobs'
import type { DeploymentEntry } from '@stacktach/runtime'
import { type BrokerQueue, brokerQueues } from '../../brokerQueues.ts'
import { withQueues, withReplica } from '../../connections.ts'

const REDIS_CONNECT_TIMEOUT_MS = 2_000

/** The state of the whole system, as `status` shows it. */
export interface StatusReport extends SystemStatus {
  /** Names in the deployments file. */
  configuredDeployments: readonly string[]
  queues: BrokerQueue[]
  exists: Record<ExistsService, Record<ExistsStatus, number>>
  /** Null when Redis is unavailable. */
  jobs: QueueCounts[] | null
  /** The running ingest processes; null when Redis is unavailable. */
  ingest: IngestProcess[] | null
  /** Null when no replica is configured or it is unavailable. */
  replica: ReplicaState | null
}

export interface StatusProblems {
  brokerUnavailable(deployment: DeploymentEntry, error: Error): void
  partUnavailable(message: string): void
}

/**
 * Reads the state of brokers, database, replica and job queues. Only the database is required; other parts that are
 * unavailable are reported to `problems`.
 *
 * @param exact counts the notifications, instead of reading PostgreSQL's estimates
 */
export async function readStatus(
  database: Database,
  deployments: readonly DeploymentEntry[],
  exact: boolean,
  problems: StatusProblems,
): Promise<StatusReport> {
  // The queues before the database: a message that is stored in between counts in both, instead of in neither.
  const queues = await brokerQueues(deployments, problems.brokerUnavailable)
  return {
    queues,
    configuredDeployments: deployments.map(({ name }) => name),
    ...(await systemStatus(database, exact)),
    exists: {
      nova: await countExistsStatus(database, 'nova', exact),
      glance: await countExistsStatus(database, 'glance', exact),
    },
    ...(await withQueues(
      async (producer) => ({ jobs: await countJobs(producer), ingest: await producer.ingestProcesses() }),
      REDIS_CONNECT_TIMEOUT_MS,
    ).catch((error: unknown) => {
      problems.partUnavailable(error instanceof Error ? error.message : String(error))
      return { jobs: null, ingest: null }
    })),
    replica: await withReplica((replica) => replicaState(database, replica)).catch((error: unknown) => {
      problems.partUnavailable(databaseError(error, 'DATABASE_READ_URL').message)
      return null
    }),
  }
}
