import { Command } from 'commander'
import { table } from '../answers.ts'
import { type AskOptions, asking, openSession } from '../session.ts'
import { type PageOptions, paged } from './options.ts'

interface SummaryOptions extends AskOptions, PageOptions {}

export function summaryCommand(): Command {
  const command = new Command('summary').description('show count, minimum, maximum and average of all operations')
  return asking(paged(command, '50 of each operation, the oldest; all counts every one')).action(
    async ({ limit, offset, ...options }: SummaryOptions) => {
      const { client, printer } = openSession(options)
      printer.answer(await client.ask(['summary'], { limit, offset }, table))
    },
  )
}
