import { Command } from 'commander'
import { z } from 'zod'
import { harmless } from '../output/cellText.ts'
import { reportBlocks } from '../reportBlocks.ts'
import { type AskOptions, asking, openSession } from '../session.ts'

export function reportCommand(): Command {
  const command = new Command('report')
    .description('show a report')
    .argument('<id>', 'its number, which `reports` lists')
    .addHelpText('after', '\nAs CSV, the details alone.')
  return asking(command).action(async (id: string, options: AskOptions) => {
    const { client, printer } = openSession(options)
    const { text, value } = await client.ask(['report', id], {}, z.unknown())
    if (printer.form === 'json') return printer.line(text)
    const blocks = reportBlocks(value)
    // A table's metadata has other columns than the table.
    for (const block of printer.form === 'csv' ? blocks.slice(-1) : blocks) {
      if ('lines' in block) for (const line of block.lines) printer.line(harmless(line))
      else if (printer.form === 'csv') printer.csv(block.rows)
      else {
        if (block.title !== null) printer.line(block.title)
        printer.table(block.rows)
      }
    }
  })
}
