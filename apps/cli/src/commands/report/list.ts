import { searchReports } from '@stacktach/db'
import { formatInstant } from '@stacktach/domain'
import { Command, Option } from 'commander'
import { integerArgument } from '../../arguments.ts'
import { withDatabase } from '../../connections.ts'
import { printJson } from '../../output/printJson.ts'
import { printTable } from '../../output/printTable.ts'

const DEFAULT_LIMIT = 50
const MAX_LIMIT = 100_000

/** `stacktach report list` */
export function listReportsCommand(): Command {
  return new Command('list')
    .description('list the stored reports, newest first')
    .option('--name <name>', 'only reports with this name, for example "nova usage audit"')
    .addOption(
      new Option('--limit <number>', 'maximum number of reports')
        .argParser(integerArgument(1, MAX_LIMIT))
        .default(DEFAULT_LIMIT),
    )
    .option('--json', 'print a JSON array')
    .action(async ({ name, limit, json }: { name?: string; limit: number; json?: boolean }) => {
      const reports = await withDatabase('reads', (database) => searchReports(database, { name, limit, offset: 0 }))
      const objects = reports.map(({ periodStart, periodEnd, createdAt, ...report }) => ({
        ...report,
        period_start: formatInstant(periodStart),
        period_end: formatInstant(periodEnd),
        created: formatInstant(createdAt),
      }))
      if (json) return printJson(objects)
      printTable({
        head: ['ID', 'Name', 'Version', 'Region', 'Start', 'End', 'Created'],
        rows: objects.map(({ id, name, version, region, period_start, period_end, created }) => [
          id,
          name,
          version,
          region,
          period_start,
          period_end,
          created,
        ]),
      })
    })
}
