import {
  countExistsStatus,
  type Database,
  databaseError,
  existsServices,
  existsStatuses,
  type ReplicaState,
  replicaState,
  type SystemStatus,
  systemStatus,
} from '@stacktach/db'
import { formatDuration, formatInstant } from '@stacktach/domain'
import { countJobs, type QueueCounts } from '@stacktach/jobs'
import { describeBrokerError, operatorConfig, readDeployments } from '@stacktach/runtime'
import { Command } from 'commander'
import { withDatabase, withQueues, withReplica } from '../connections.ts'
import { printJson, printTable } from '../output.ts'
import { waitingQueues } from '../queues.ts'

export function statusCommand(): Command {
  return new Command('status')
    .description(
      'queues, backlog, exists, jobs, replica, rejected messages, and the last notification of each deployment',
    )
    .option('--count', 'count the stored notifications exactly, which takes longer the more there are')
    .option('--json', 'one JSON object, for scripts')
    .action(async (options: { count?: boolean; json?: boolean }) => {
      const config = operatorConfig(process.env)
      const deployments = readDeployments(config.STACKTACH_DEPLOYMENTS_FILE)
      await withDatabase('reads', async (database) => {
        // Queues first: what leaves one in between is then counted as stored, never in neither.
        const queues = await waitingQueues(deployments, (deployment, error) =>
          console.error(`${deployment.name}: ${describeBrokerError(error, deployment)}`),
        )
        const exact = options.count ?? false
        const status = await systemStatus(database, exact)
        const { stored, rejected, backlog } = status
        const exists = {
          nova: await countExistsStatus(database, 'nova', exact),
          glance: await countExistsStatus(database, 'glance', exact),
        }
        const jobs = await jobCounts()
        const replica = await stateOfReplica(database)
        const heard = lastNotifications(
          status.deployments,
          deployments.map(({ name }) => name),
        )
        if (options.json) {
          const lastNotification = Object.fromEntries(heard)
          return printJson({
            stored,
            rejected,
            backlog,
            last_notification: lastNotification,
            queues,
            exists,
            jobs,
            replica,
          })
        }
        const about = options.count ? '' : 'about '
        printTable(
          ['', 'Number'],
          [
            ...Object.entries(stored).map(([service, number]) => [`${service} notifications`, `${about}${number}`]),
            ['rejected messages', rejected],
            ['waiting to be aggregated', backlog],
          ],
        )
        printTable(
          ['Deployment', 'Last notification'],
          heard.map(([name, at]) => [name, at ?? 'never']),
        )
        printTable(
          ['Deployment', 'Exchange', 'Queue', 'Waiting', 'Consumers'],
          queues.map(({ deployment, exchange, queue, waiting, consumers }) => [
            deployment,
            exchange,
            queue,
            waiting ?? 'unknown',
            consumers ?? 'unknown',
          ]),
        )
        printTable(
          ['Exists', ...existsStatuses],
          existsServices.map((service) => [
            service,
            ...existsStatuses.map((name) => `${name === 'verified' ? about : ''}${exists[service][name]}`),
          ]),
        )
        if (replica !== null) {
          const { bytes, behind } = replica
          printTable(['Replica', 'Behind'], [[`${bytes} bytes`, behind === null ? 'unknown' : formatDuration(behind)]])
        }
        if (jobs !== null) {
          printTable(
            ['Jobs', 'Waiting', 'Active', 'Delayed', 'Failed'],
            jobs.map(({ queue, waiting, active, delayed, failed }) => [queue, waiting, active, delayed, failed]),
          )
        }
      })
    })
}

/** When something last came of each deployment, those among them that are listened to and have sent nothing yet. */
function lastNotifications(known: SystemStatus['deployments'], listened: readonly string[]): [string, string | null][] {
  const times = new Map<string, string | null>(listened.map((name) => [name, null]))
  for (const { name, lastWhen } of known) times.set(name, lastWhen === null ? null : formatInstant(lastWhen))
  return [...times].sort(([one], [other]) => (one < other ? -1 : 1))
}

/** Jobs of each queue; null, and a line that says so, when Redis is away: nothing that matters is in it. */
async function jobCounts(): Promise<QueueCounts[] | null> {
  try {
    return await withQueues(countJobs, 2_000)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return null
  }
}

/** How far the replica that the api reads is behind; null when there is none, or, with a line that says so, when it is away. */
async function stateOfReplica(database: Database): Promise<ReplicaState | null> {
  try {
    return await withReplica((replica) => replicaState(database, replica))
  } catch (error) {
    console.error(databaseError(error, 'DATABASE_READ_URL').message)
    return null
  }
}
