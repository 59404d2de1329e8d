import { Command } from 'commander'
import { dropCommand } from './drop.ts'
import { listCommand } from './list.ts'
import { replayCommand } from './replay.ts'
import { showCommand } from './show.ts'

export function rejectedCommand(): Command {
  return new Command('rejected')
    .description('messages that could not be stored')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(replayCommand())
    .addCommand(dropCommand())
}
