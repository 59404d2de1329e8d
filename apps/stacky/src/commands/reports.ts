import { Command } from 'commander'
import { type Cell, type Table, tableSchema } from '../answers.ts'
import { parseReportRange, parseTimeArgument } from '../arguments.ts'
import { CommandUsageError } from '../requestErrors.ts'
import { openSession, type QueryOptions, withQueryOptions } from '../session.ts'
import { reportDay, reportTime } from '../times.ts'
import { type PageOptions, withPageOptions } from './sharedOptions.ts'

interface ReportsOptions extends QueryOptions, PageOptions {
  id?: string
  name?: string
  created?: string
  periodStart?: string
  periodEnd?: string
}

/** `stacky reports [start] [end]` */
export function reportsCommand(): Command {
  const command = new Command('reports')
    .description('list the reports created between two times (default: today), or search all reports by options')
    .usage('[options] [start date] [start time] [end date] [end time]')
    .argument('[start...]', 'start and end, for example 2026-11-20 00:00 2026-11-20 06:00')
    .option('--id <number>', 'report with this id')
    .option('--name <name>', 'reports with this name')
    .option('--created <date>', 'reports created on this day, YYYY-MM-DD')
    .option('--period-start <time>', 'reports whose period starts at this time')
    .option('--period-end <time>', 'reports whose period ends at this time')
  return withQueryOptions(withPageOptions(command)).action(async (words: string[], options: ReportsOptions) => {
    const { limit, offset, id, name, created, periodStart: period_start, periodEnd: period_end } = options
    const filters = { id, name, created, period_start, period_end }
    const searching = Object.values(filters).some((value) => value !== undefined)
    if (searching && words.length > 0) throw new CommandUsageError('use either a start and end, or search options')
    const { from, to } = parseReportRange(words, Date.now())
    const range = { created_from: parseTimeArgument(from), created_to: parseTimeArgument(to) }
    const { client, printer } = openSession(options)
    if (searching) {
      printer.answer(await client.get(['reports', 'search'], { ...filters, limit, offset }, tableSchema))
      return
    }
    printer.heading(`Querying for reports created from ${from} to ${to}`)
    const answer = await client.get(['reports'], { ...range, limit, offset }, tableSchema)
    printer.answer(answer, withFormattedTimes(answer.value))
  })
}

/** The server sends Start, End and Created as unix times. */
function withFormattedTimes([head, ...rows]: Table): Table {
  if (head === undefined) return []
  const formatted = (cell: Cell | undefined, format: (seconds: number) => string) =>
    typeof cell === 'number' ? format(cell) : (cell ?? null)
  return [
    head,
    ...rows.map(([id = null, start, end, created, ...rest]) => [
      id,
      formatted(start, reportTime),
      formatted(end, reportTime),
      formatted(created, reportDay),
      ...rest,
    ]),
  ]
}
