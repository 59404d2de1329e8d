import { reportById } from '@stacktach/db'
import { Command } from 'commander'
import { rowIdArgument } from '../../arguments.ts'
import { withDatabase } from '../../connections.ts'
import { printJson } from '../../output/printJson.ts'
import { printReport, reportObject } from './printReport.ts'

/** `stacktach report show` */
export function showStoredReportCommand(): Command {
  return new Command('show')
    .description('show a stored report')
    .argument('<id>', 'id from `report list`', rowIdArgument)
    .option('--json', 'print one JSON object')
    .action(async (id: number, { json }: { json?: boolean }) => {
      const report = await withDatabase('reads', (database) => reportById(database, id))
      if (report === null) throw new Error(`there is no report ${id}`)
      if (json) printJson(reportObject(report))
      else printReport(report)
    })
}
