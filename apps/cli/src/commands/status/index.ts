import { describeBrokerError } from '@stacktach/broker'
import { operatorConfig, readDeployments } from '@stacktach/runtime'
import { Command } from 'commander'
import { withDatabase } from '../../connections.ts'
import { printJson } from '../../output/printJson.ts'
import { printTable } from '../../output/printTable.ts'
import { readStatus } from './readStatus.ts'
import { statusObject, statusTables } from './statusTables.ts'

/** `stacktach status` */
export function statusCommand(): Command {
  return new Command('status')
    .description(
      'show queues, brokers, backlog, exists, jobs, replica lag, rejected messages, and the last notification of each deployment',
    )
    .option('--count', 'count the stored notifications exactly, which takes longer on a large database')
    .option('--json', 'print one JSON object')
    .action(async ({ count: exact = false, json }: { count?: boolean; json?: boolean }) => {
      const deployments = readDeployments(operatorConfig(process.env).STACKTACH_DEPLOYMENTS_FILE, (line) =>
        console.error(line),
      )
      const status = await withDatabase('reads', (database) =>
        readStatus(database, deployments, exact, {
          brokerUnavailable: (deployment, error) =>
            console.error(`${deployment.name}: ${describeBrokerError(error, deployment)}`),
          partUnavailable: (message) => console.error(message),
        }),
      )
      if (json) printJson(statusObject(status))
      else for (const table of statusTables(status, exact)) printTable(table)
    })
}
