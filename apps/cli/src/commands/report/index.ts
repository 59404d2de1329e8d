import { Command } from 'commander'
import { listReportsCommand } from './list.ts'
import { regenerateReportCommand } from './regenerate.ts'
import { runReportCommand } from './run.ts'
import { showStoredReportCommand } from './show.ts'

/** `stacktach report` */
export function reportCommand(): Command {
  return new Command('report')
    .description('list, make and show reports')
    .addCommand(listReportsCommand())
    .addCommand(runReportCommand())
    .addCommand(showStoredReportCommand())
    .addCommand(regenerateReportCommand())
}
