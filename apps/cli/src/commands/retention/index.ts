import { Command } from 'commander'
import { runRetentionCommand } from './run.ts'
import { showRetentionCommand } from './show.ts'

/** `stacktach retention` */
export function retentionCommand(): Command {
  return new Command('retention')
    .description('show the data that is kept, and delete old data')
    .addCommand(showRetentionCommand())
    .addCommand(runRetentionCommand())
}
