import { type Instant, type Service, services } from '@stacktach/domain'
import { Command, Option } from 'commander'
import { timeArgument } from '../../arguments.ts'
import { withQueues } from '../../connections.ts'
import { printJson } from '../../output/printJson.ts'
import { waitForJob } from '../../waitForJob.ts'
import { retentionResultText } from './resultText.ts'

interface RunRetentionOptions {
  before?: Instant
  service?: Service
  json?: boolean
}

/** `stacktach retention run` */
export function runRetentionCommand(): Command {
  const run = new Command('run')
    .description('drop the notification partitions that are past their retention, as a job')
    .option('--before <time>', 'drop the partitions that end before this time (UTC) instead', timeArgument)
    .addOption(new Option('--service <name>', 'only this service').choices([...services]))
    .option('--json', 'print one JSON object')
    .action(async ({ before, service, json = false }: RunRetentionOptions) => {
      if (before !== undefined && before > Date.now() * 1000) run.error('error: --before is in the future')
      await withQueues(async (producer) => {
        const job = await producer.enqueueForOperator('retention', { before: before ?? null, service: service ?? null })
        const options = { activity: 'dropping partitions', silent: json }
        const result = await waitForJob(producer, 'retention', job, options)
        if (json) printJson(result)
        else console.error(retentionResultText(result))
      })
    })
  return run
}
