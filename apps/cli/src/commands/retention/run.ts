import { type Instant, type Service, services } from '@stacktach/domain'
import { Command, Option } from 'commander'
import { z } from 'zod'
import { instant } from '../../arguments.ts'
import { withQueues } from '../../connections.ts'
import { printJson } from '../../output.ts'
import { waitForJob } from '../../waitForJob.ts'

/** What the job says went. */
const pruned = z.object({ partitions: z.array(z.string()), aggregates: z.record(z.string(), z.number()) })

interface RunOptions {
  before?: Instant
  service?: Service
  json?: boolean
}

export function runCommand(): Command {
  const run = new Command('run')
    .description('drop, as a job, the partitions of notifications that are not to be kept any longer')
    .option('--before <time>', 'those that lie wholly before that time, UTC, whatever the configuration says', instant)
    .addOption(new Option('--service <name>', 'of this service only').choices([...services]))
    .option('--json', 'what went as one JSON object, for scripts')
    .action(async ({ before, service, json = false }: RunOptions) => {
      if (before !== undefined && before > Date.now() * 1000) run.error('error: --before is yet to come')
      await withQueues(async (producer) => {
        const job = await producer.enqueueForOperator('retention', { before: before ?? null, service: service ?? null })
        const done = pruned.parse(await waitForJob(producer, 'retention', job, 'pruning', json))
        if (json) printJson(done)
        else print(done)
      })
    })
  return run
}

function print({ partitions, aggregates }: z.output<typeof pruned>): void {
  console.error(partitions.length === 0 ? 'there was nothing to drop' : `dropped ${partitions.join(', ')}`)
  const rows = Object.entries(aggregates).filter(([, count]) => count > 0)
  if (rows.length > 0) console.error(`deleted ${rows.map(([table, count]) => `${count} of ${table}`).join(', ')}`)
}
