import { failedJobs, type Retried, retryJob } from '@stacktach/jobs'
import { Command } from 'commander'
import { withQueues } from '../../connections.ts'
import { printJson } from '../../output.ts'

export function retryCommand(): Command {
  const retry = new Command('retry')
    .description('try jobs again that failed for good')
    .argument('[ids...]', 'as the list shows them: reports/12')
    .option('--all', 'all that failed')
    .option('--json', 'the ids of those that are tried again as one JSON object, for scripts')
    .action(async (ids: string[], options: { all?: boolean; json?: boolean }) => {
      if (ids.length > 0 === (options.all ?? false)) retry.error('error: it needs ids, or --all, and not both')
      const outcomes = await withQueues(async (producer) => {
        const done: Retried[] = []
        const wanted = options.all ? (await failedJobs(producer)).map(({ id }) => id) : new Set(ids)
        for (const id of wanted) done.push(await retryJob(producer, id))
        return done
      })
      const retried = outcomes.filter(({ kind }) => kind === 'retried').map(({ id }) => id)
      if (options.json) printJson({ retried })
      else console.error(`tried again: ${retried.length === 0 ? 'none' : retried.join(', ')}`)
      const refused = outcomes.flatMap((outcome) =>
        outcome.kind === 'refused' ? [`${outcome.id}: ${outcome.reason}`] : [],
      )
      // Of all, one that somebody else retried in the meantime is no failure.
      if (refused.length > 0 && !options.all) throw new Error(refused.join('\n'))
    })
  return retry
}
