import { countExistsStatus, existsServices, existsStatuses, systemStatus } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { countJobs, type QueueCounts } from '@stacktach/jobs'
import { brokerTrouble, operatorConfig, readDeployments } from '@stacktach/runtime'
import { Command } from 'commander'
import { withDatabase, withQueues } from '../connections.ts'
import { printJson, printTable } from '../output.ts'
import { waitingQueues } from '../queues.ts'

export function statusCommand(): Command {
  return new Command('status')
    .description('queues, backlog, exists, jobs, rejected messages, and the last notification of each deployment')
    .option('--count', 'count the stored notifications exactly, which takes longer the more there are')
    .option('--json', 'one JSON object, for scripts')
    .action(async (options: { count?: boolean; json?: boolean }) => {
      const config = operatorConfig(process.env)
      const deployments = readDeployments(config.STACKTACH_DEPLOYMENTS_FILE)
      await withDatabase('reads', async (database) => {
        // Queues first: what leaves one in between is then counted as stored, never in neither.
        const queues = await waitingQueues(deployments, (deployment, error) =>
          console.error(`${deployment.name}: ${brokerTrouble(error, deployment)}`),
        )
        const exact = options.count ?? false
        const status = await systemStatus(database, exact)
        const { stored, rejected, backlog } = status
        const exists = {
          nova: await countExistsStatus(database, 'nova', exact),
          glance: await countExistsStatus(database, 'glance', exact),
        }
        const jobs = await jobCounts()
        if (options.json) return printJson({ stored, rejected, backlog, queues, exists, jobs })
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
          status.deployments.map(({ name, lastWhen }) => [name, lastWhen === null ? 'never' : formatInstant(lastWhen)]),
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
        if (jobs !== null) {
          printTable(
            ['Jobs', 'Waiting', 'Active', 'Delayed', 'Failed'],
            jobs.map(({ queue, waiting, active, delayed, failed }) => [queue, waiting, active, delayed, failed]),
          )
        }
      })
    })
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
