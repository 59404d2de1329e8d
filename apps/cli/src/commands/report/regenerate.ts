import { reportById } from '@stacktach/db'
import { Command } from 'commander'
import { rowIdArgument } from '../../arguments.ts'
import { withDatabase } from '../../connections.ts'
import { repeatPayload } from './reportOptions.ts'
import { type ReportOutputOptions, requestReport } from './requestReport.ts'

/** `stacktach report regenerate` */
export function regenerateReportCommand(): Command {
  return new Command('regenerate')
    .description('make a report again for the same period and region; the existing report is kept')
    .argument('<id>', 'id from `report list`', rowIdArgument)
    .option('--in-progress', 'make the report even if the period is not over')
    .option('--wait', 'wait until the report is made, and show it')
    .option('--json', 'print one JSON object')
    .action((id: number, options: ReportOutputOptions & { inProgress?: boolean }) =>
      withDatabase('reads', async (database) => {
        const report = await reportById(database, id)
        if (report === null) throw new Error(`there is no report ${id}`)
        const payload = repeatPayload(report, options.inProgress ?? false)
        if (payload === null)
          throw new Error(`report ${id} (${report.name}) cannot be made again: unknown kind of report`)
        await requestReport(database, payload, options)
      }),
    )
}
