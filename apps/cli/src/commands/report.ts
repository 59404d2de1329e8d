import { reportById, searchReports } from '@stacktach/db'
import { formatInstant, periodLengths, type ReportKind, reportKinds, reportOrigin } from '@stacktach/domain'
import { Argument, Command, Option } from 'commander'
import { instant } from '../arguments.ts'
import { withDatabase } from '../connections.ts'
import { printJson, printTable } from '../output.ts'
import { type AskOptions, askForReport } from '../reports/ask.ts'
import { type PeriodOptions, periodOf, wholeOption } from '../reports/options.ts'
import { describeReport, printReport } from '../reports/print.ts'

export function reportCommand(): Command {
  return new Command('report')
    .description('reports: what there is, and making one')
    .addCommand(listCommand())
    .addCommand(runCommand())
    .addCommand(showCommand())
    .addCommand(regenerateCommand())
}

const anyId = wholeOption(1, Number.MAX_SAFE_INTEGER)

function listCommand(): Command {
  return new Command('list')
    .description('the reports that were made, newest first')
    .option('--name <name>', 'only those of this name, such as "nova usage audit"')
    .addOption(new Option('--limit <number>', 'how many').argParser(wholeOption(1, 100_000)).default(50))
    .option('--json', 'one JSON array, for scripts')
    .action(({ name, limit, json }: { name?: string; limit: number; json?: boolean }) =>
      withDatabase('reads', async (database) => {
        const found = await searchReports(database, { name, limit, offset: 0 })
        const rows = found.map(({ periodStart, periodEnd, createdAt, ...report }) => ({
          ...report,
          period_start: formatInstant(periodStart),
          period_end: formatInstant(periodEnd),
          created: formatInstant(createdAt),
        }))
        if (json) return printJson(rows)
        printTable(
          ['Id', 'Name', 'Version', 'Region', 'Start', 'End', 'Created'],
          rows.map((row) => [row.id, row.name, row.version, row.region, row.period_start, row.period_end, row.created]),
        )
      }),
    )
}

interface RunOptions extends AskOptions, PeriodOptions {
  region?: string
  deployment?: string[]
  percentile?: number
  inProgress?: boolean
}

function runCommand(): Command {
  const run = new Command('run')
    .description('make a report of a period, as a job')
    .addArgument(new Argument('<name>', 'which').choices(reportKinds))
    .addOption(new Option('--period <length>', 'how long the period is (default: "day")').choices(periodLengths))
    .requiredOption('--at <time>', 'a time in the period, UTC: 2026-11-20 or 2026-11-20T13:00:00', instant)
    .option('--region <name>', 'only deployments whose name begins so')
    .option('--deployment <name...>', 'only these deployments')
    .option('--percentile <number>', 'of region-summary: shown beside the median (default: 97)', wholeOption(1, 100))
    .option('--hours <number>', 'of region-summary: so many hours instead of a period', wholeOption(1, 24 * 31))
    .option('--start-hour <number>', 'of region-summary: the hour of the day that they begin with', wholeOption(0, 23))
    .option('--in-progress', 'even if the period is not over')
    .option('--wait', 'wait until it is made, and show it')
    .option('--json', 'the report with what it was made from as one JSON object, for scripts')
    .action(async (report: ReportKind, options: RunOptions) => {
      const { region, deployment, percentile } = options
      const period = periodOf(report, options)
      if (typeof period === 'string') return run.error(`error: ${period}`)
      if (percentile !== undefined && report !== 'region-summary') {
        return run.error('error: only region-summary has --percentile')
      }
      if (region !== undefined && deployment !== undefined) {
        return run.error('error: there is either --region or --deployment')
      }
      const payload = {
        report,
        period,
        region: region?.toLowerCase() ?? '',
        deployments: deployment,
        percentile,
        once: false,
        inProgress: options.inProgress ?? false,
      }
      await withDatabase('reads', (database) => askForReport(database, payload, options))
    })
  return run
}

function showCommand(): Command {
  return new Command('show')
    .description('a report that was made')
    .argument('<id>', 'its number', anyId)
    .option('--json', 'the report with what it was made from as one JSON object, for scripts')
    .action((id: number, { json }: { json?: boolean }) =>
      withDatabase('reads', async (database) => {
        const report = await reportById(database, id)
        if (report === null) throw new Error(`there is no report ${id}`)
        if (json) printJson(describeReport(report))
        else printReport(report)
      }),
    )
}

function regenerateCommand(): Command {
  return new Command('regenerate')
    .description('make a report once more, of the same period and region; the one that is there stays')
    .argument('<id>', 'its number', anyId)
    .option('--in-progress', 'even if the period is not over')
    .option('--wait', 'wait until it is made, and show it')
    .option('--json', 'the report with what it was made from as one JSON object, for scripts')
    .action((id: number, options: AskOptions & { inProgress?: boolean }) =>
      withDatabase('reads', async (database) => {
        const report = await reportById(database, id)
        if (report === null) throw new Error(`there is no report ${id}`)
        const { region, parameters, periodStart: start, periodEnd: end } = report
        const origin = reportOrigin({ name: report.name, region, period: { from: start, until: end } })
        if (origin === null) throw new Error(`nothing here makes ${report.name}`)
        const payload = {
          report: origin.kind,
          period: origin.period,
          region: parameters.deployments === undefined ? region : '',
          ...parameters,
          once: false,
          inProgress: options.inProgress ?? false,
        }
        await askForReport(database, payload, options)
      }),
    )
}
