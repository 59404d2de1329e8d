import { Command } from 'commander'
import { listCommand } from './list.ts'
import { summaryCommand } from './summary.ts'
import { verifyCommand } from './verify.ts'

export function existsCommand(): Command {
  return new Command('exists')
    .description('what nova and glance say existed, and whether it is verified')
    .addCommand(summaryCommand())
    .addCommand(listCommand())
    .addCommand(verifyCommand())
}
