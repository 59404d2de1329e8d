import { Command } from 'commander'
import { dropRejectedCommand } from './drop.ts'
import { listRejectedCommand } from './list.ts'
import { replayRejectedCommand } from './replay.ts'
import { showRejectedCommand } from './show.ts'

/** `stacktach rejected` */
export function rejectedCommand(): Command {
  return new Command('rejected')
    .description('list, show, replay and delete messages that could not be stored')
    .addCommand(listRejectedCommand())
    .addCommand(showRejectedCommand())
    .addCommand(replayRejectedCommand())
    .addCommand(dropRejectedCommand())
}
