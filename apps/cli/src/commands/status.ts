import { openDatabase, systemStatus } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { operatorConfig, readDeployments } from '@stacktach/runtime'
import { Command } from 'commander'
import { printJson, printTable } from '../output.ts'
import { waitingQueues } from '../queues.ts'

export function statusCommand(): Command {
  return new Command('status')
    .description('queues, backlog, rejected messages, and the last notification of each deployment')
    .option('--count', 'count the stored notifications exactly, which takes longer the more there are')
    .option('--json', 'one JSON object, for scripts')
    .action(async (options: { count?: boolean; json?: boolean }) => {
      const config = operatorConfig(process.env)
      const deployments = readDeployments(config.STACKTACH_DEPLOYMENTS_FILE)
      const database = openDatabase({ url: config.DATABASE_URL, applicationName: 'stacktach status', readOnly: true })
      try {
        // Queues first: what leaves one in between is then counted as stored, never in neither.
        const queues = await waitingQueues(deployments, (deployment, { message }) =>
          console.error(`the broker of ${deployment} does not answer: ${message}`),
        )
        const status = await systemStatus(database, options.count ?? false)
        const { stored, rejected, backlog } = status
        if (options.json) return printJson({ stored, rejected, backlog, queues })
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
          ['Deployment', 'Exchange', 'Queue', 'Waiting'],
          queues.map(({ deployment, exchange, queue, waiting }) => [deployment, exchange, queue, waiting ?? 'unknown']),
        )
      } finally {
        await database.close()
      }
    })
}
