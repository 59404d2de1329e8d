import { Command } from 'commander'
import { tableSchema } from '../answers.ts'
import { openSession, type QueryOptions, withQueryOptions } from '../session.ts'
import { type PageOptions, withPageOptions } from './sharedOptions.ts'

interface SummaryOptions extends QueryOptions, PageOptions {}

/** `stacky summary` */
export function operationSummaryCommand(): Command {
  const command = new Command('summary').description(
    'show count, minimum, maximum and average duration of each operation',
  )
  return withQueryOptions(
    withPageOptions(command, {
      limit: 'number of timings to summarize per operation, oldest first, or all (default: 50)',
      offset: 'number of timings to skip per operation',
    }),
  ).action(async ({ limit, offset, ...options }: SummaryOptions) => {
    const { client, printer } = openSession(options)
    printer.answer(await client.get(['summary'], { limit, offset }, tableSchema))
  })
}
