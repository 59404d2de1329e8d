import { Command } from 'commander'
import { runCommand } from './run.ts'
import { showCommand } from './show.ts'

export function retentionCommand(): Command {
  return new Command('retention')
    .description('how long notifications are kept')
    .addCommand(showCommand())
    .addCommand(runCommand())
}
