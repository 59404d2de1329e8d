import { Command } from 'commander'
import { type Cell, type Table, table } from '../answers.ts'
import { UsageError } from '../failure.ts'
import { type AskOptions, asking, openSession } from '../session.ts'
import { shortTime, weekday } from '../times.ts'
import { reportsWords, time } from '../words.ts'
import { type PageOptions, paged } from './options.ts'

interface ReportsOptions extends AskOptions, PageOptions {
  id?: string
  name?: string
  created?: string
  periodStart?: string
  periodEnd?: string
}

export function reportsCommand(): Command {
  const command = new Command('reports')
    .description('list the reports made from <start> to <end>, by default today; or, by options, search all of them')
    .usage('[options] [start date] [start time] [end date] [end time]')
    .argument('[start...]', 'YYYY-MM-DD HH:MM, such as 2026-11-20 00:00 2026-11-20 06:00')
    .option('--id <number>', 'the report of this number')
    .option('--name <name>', 'reports of this name')
    .option('--created <date>', 'reports made on this day')
    .option('--period-start <time>', 'reports of a period that begins then')
    .option('--period-end <time>', 'reports of a period that ends then')
  return asking(paged(command)).action(async (words: string[], options: ReportsOptions) => {
    const { limit, offset, id, name, created, periodStart: period_start, periodEnd: period_end } = options
    const sought = { id, name, created, period_start, period_end }
    const searching = Object.values(sought).some((value) => value !== undefined)
    if (searching && words.length > 0) throw new UsageError('give a time from and to, or options to search by')
    const { from, to } = reportsWords(words, Date.now())
    const made = { created_from: time(from), created_to: time(to) }
    const { client, printer } = openSession(options)
    if (searching) {
      printer.answer(await client.ask(['reports', 'search'], { ...sought, limit, offset }, table))
      return
    }
    printer.say(`Querying for reports created from ${from} to ${to}`)
    const answer = await client.ask(['reports'], { ...made, limit, offset }, table)
    printer.answer(answer, readable(answer.value))
  })
}

/** Start, End and Created are unix times. */
function readable([head, ...rows]: Table): Table {
  if (head === undefined) return []
  const said = (cell: Cell | undefined, form: (seconds: number) => string) =>
    typeof cell === 'number' ? form(cell) : (cell ?? null)
  return [
    head,
    ...rows.map(([id = null, start, end, created, ...rest]) => [
      id,
      said(start, shortTime),
      said(end, shortTime),
      said(created, weekday),
      ...rest,
    ]),
  ]
}
