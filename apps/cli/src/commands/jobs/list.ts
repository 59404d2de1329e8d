import { formatInstant } from '@stacktach/domain'
import { countJobs, failedJobs } from '@stacktach/jobs'
import { Command } from 'commander'
import { limitArgument } from '../../arguments.ts'
import { withQueues } from '../../connections.ts'
import { printJson } from '../../output/printJson.ts'
import { printTable } from '../../output/printTable.ts'

/** `stacktach jobs list` */
export function listJobsCommand(): Command {
  return new Command('list')
    .description('count the jobs of each queue, and list those that failed after their last attempt, newest first')
    .option('--limit <number>', 'maximum number of failed jobs, or all', limitArgument, 100)
    .option('--json', 'print one JSON object with queues and failed jobs')
    .action(async ({ limit, json }: { limit: number; json?: boolean }) => {
      const { queues, failed } = await withQueues(async (producer) => ({
        queues: await countJobs(producer),
        failed: (await failedJobs(producer)).slice(0, limit),
      }))
      if (json) {
        const objects = failed.map(({ failedAt, ...job }) => ({ ...job, failed_at: formatInstant(failedAt) }))
        printJson({ queues, failed: objects })
        return
      }
      printTable({
        head: ['Queue', 'Waiting', 'Active', 'Delayed', 'Failed'],
        rows: queues.map(({ queue, waiting, active, delayed, failed }) => [queue, waiting, active, delayed, failed]),
      })
      if (failed.length === 0) return
      printTable({
        head: ['ID', 'Job', 'Payload', 'Attempts', 'Failed at', 'Reason'],
        rows: failed.map(({ id, name, payload, attempts, failedAt, reason }) => [
          id,
          name,
          JSON.stringify(payload),
          attempts,
          formatInstant(failedAt),
          reason,
        ]),
      })
    })
}
