import { Command } from 'commander'
import { listExistsCommand } from './list.ts'
import { existsSummaryCommand } from './summary.ts'
import { verifyExistsCommand } from './verify.ts'

/** `stacktach exists` */
export function existsCommand(): Command {
  return new Command('exists')
    .description('show and verify the exists notifications of nova and glance')
    .addCommand(existsSummaryCommand())
    .addCommand(listExistsCommand())
    .addCommand(verifyExistsCommand())
}
