import { Command } from 'commander'
import { listJobsCommand } from './list.ts'
import { retryJobsCommand } from './retry.ts'

/** `stacktach jobs` */
export function jobsCommand(): Command {
  return new Command('jobs')
    .description('list and retry jobs')
    .addCommand(listJobsCommand())
    .addCommand(retryJobsCommand())
}
