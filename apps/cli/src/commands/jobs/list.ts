import { formatInstant } from '@stacktach/domain'
import { countJobs, failedJobs } from '@stacktach/jobs'
import { Command } from 'commander'
import { limit } from '../../arguments.ts'
import { withQueues } from '../../connections.ts'
import { printJson, printTable } from '../../output.ts'

export function listCommand(): Command {
  return new Command('list')
    .description('how many jobs each queue has, and those that failed for good, newest first')
    .option('--limit <number>', 'how many failed ones at most, or all', limit, 100)
    .option('--json', 'an object with queues and failed, for scripts')
    .action(async (options: { limit: number; json?: boolean }) => {
      const { queues, failed } = await withQueues(async (producer) => ({
        queues: await countJobs(producer),
        failed: (await failedJobs(producer)).slice(0, options.limit),
      }))
      if (options.json) {
        const objects = failed.map(({ failedAt, ...job }) => ({ ...job, failed_at: formatInstant(failedAt) }))
        printJson({ queues, failed: objects })
        return
      }
      printTable(
        ['Queue', 'Waiting', 'Active', 'Delayed', 'Failed'],
        queues.map(({ queue, waiting, active, delayed, failed }) => [queue, waiting, active, delayed, failed]),
      )
      if (failed.length === 0) return
      printTable(
        ['ID', 'Job', 'Payload', 'Attempts', 'Failed', 'Reason'],
        failed.map(({ id, name, payload, attempts, failedAt, reason }) => [
          id,
          name,
          JSON.stringify(payload),
          attempts,
          formatInstant(failedAt),
          reason,
        ]),
      )
    })
}
