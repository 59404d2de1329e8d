import { Command } from 'commander'
import { z } from 'zod'
import { escapeText } from '../output/cellText.ts'
import { reportBlocks } from '../reportBlocks.ts'
import { openSession, type QueryOptions, withQueryOptions } from '../session.ts'

/** `stacky report <id>` */
export function showReportCommand(): Command {
  const command = new Command('report')
    .description('show a report')
    .argument('<id>', 'id from `stacky reports`')
    .addHelpText('after', '\n--csv prints only the report details.')
  return withQueryOptions(command).action(async (id: string, options: QueryOptions) => {
    const { client, printer } = openSession(options)
    const { text, value } = await client.get(['report', id], {}, z.unknown())
    if (printer.form === 'json') return printer.line(text)
    const blocks = reportBlocks(value)
    // Metadata and details have different columns, so CSV has only the details.
    for (const block of printer.form === 'csv' ? blocks.slice(-1) : blocks) {
      if ('lines' in block) for (const line of block.lines) printer.line(escapeText(line))
      else if (printer.form === 'csv') printer.csv(block.rows)
      else {
        if (block.title !== null) printer.line(block.title)
        printer.table(block.rows)
      }
    }
  })
}
