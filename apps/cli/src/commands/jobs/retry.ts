import { failedJobs, type RetryOutcome, retryJob } from '@stacktach/jobs'
import { Command } from 'commander'
import { withQueues } from '../../connections.ts'
import { printJson } from '../../output/printJson.ts'

/** `stacktach jobs retry` */
export function retryJobsCommand(): Command {
  const retry = new Command('retry')
    .description('retry jobs that failed after their last attempt')
    .argument('[ids...]', 'ids from `jobs list`, for example reports/12')
    .option('--all', 'retry every failed job')
    .option('--json', 'print one JSON object with the ids of the retried jobs')
    .action(async (ids: string[], { all = false, json }: { all?: boolean; json?: boolean }) => {
      if (ids.length > 0 === all) retry.error('error: use either ids or --all')
      const outcomes = await withQueues(async (producer) => {
        const results: RetryOutcome[] = []
        const selected = all ? (await failedJobs(producer)).map(({ id }) => id) : new Set(ids)
        for (const id of selected) results.push(await retryJob(producer, id))
        return results
      })
      const retried = outcomes.filter(({ kind }) => kind === 'retried').map(({ id }) => id)
      if (json) printJson({ retried })
      else console.error(`retried: ${retried.length === 0 ? 'none' : retried.join(', ')}`)
      const problems = outcomes.flatMap((outcome) =>
        outcome.kind === 'rejected' ? [`${outcome.id}: ${outcome.reason}`] : [],
      )
      // With --all, a job that was retried by someone else meanwhile is not an error.
      if (problems.length > 0 && !all) throw new Error(problems.join('\n'))
    })
  return retry
}
