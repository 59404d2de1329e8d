import { Command } from 'commander'
import { listCommand } from './list.ts'
import { retryCommand } from './retry.ts'

export function jobsCommand(): Command {
  return new Command('jobs')
    .description('jobs that wait, run, or failed')
    .addCommand(listCommand())
    .addCommand(retryCommand())
}
