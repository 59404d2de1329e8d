import { periodLengths, type ReportKind, reportKinds } from '@stacktach/domain'
import { Argument, Command, Option } from 'commander'
import { integerArgument, timeArgument } from '../../arguments.ts'
import { withDatabase } from '../../connections.ts'
import { type ReportOptions, reportPayload } from './reportOptions.ts'
import { type ReportOutputOptions, requestReport } from './requestReport.ts'

const MAX_HOURS = 24 * 31

/** `stacktach report run` */
export function runReportCommand(): Command {
  const run = new Command('run')
    .description('make the report of a period, as a job')
    .addArgument(new Argument('<name>', 'report').choices(reportKinds))
    .addOption(new Option('--period <length>', 'length of the period (default: "day")').choices(periodLengths))
    .requiredOption(
      '--at <time>',
      'a time within the period (UTC), for example 2026-11-20 or 2026-11-20T13:00:00',
      timeArgument,
    )
    .option('--region <name>', 'only deployments whose name begins with this')
    .option('--deployment <name...>', 'only these deployments')
    .option(
      '--percentile <number>',
      'region-summary: percentile shown next to the median (default: 97)',
      integerArgument(1, 100),
    )
    .option('--hours <number>', 'region-summary: number of hours, instead of --period', integerArgument(1, MAX_HOURS))
    .option('--start-hour <number>', 'region-summary: first hour of the day', integerArgument(0, 23))
    .option('--in-progress', 'make the report even if the period is not over')
    .option('--wait', 'wait until the report is made, and show it')
    .option('--json', 'print one JSON object')
    .action(async (report: ReportKind, options: ReportOptions & ReportOutputOptions) => {
      const payload = reportPayload(report, options)
      if (typeof payload === 'string') return run.error(`error: ${payload}`)
      await withDatabase('reads', (database) => requestReport(database, payload, options))
    })
  return run
}
