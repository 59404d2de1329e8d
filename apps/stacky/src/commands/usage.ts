import { Argument, Command } from 'commander'
import { tableSchema } from '../answers.ts'
import { openSession, type QueryOptions, withQueryOptions } from '../session.ts'
import { type PageOptions, withPageOptions } from './sharedOptions.ts'

interface UsageOptions extends QueryOptions, PageOptions {}

/** `stacky usage <kind>` */
export function usageCommand(): Command {
  const command = new Command('usage')
    .description('show launches, deletes or exists, newest first')
    .addArgument(new Argument('<kind>', 'kind of usage').choices(['launches', 'deletes', 'exists']))
    .argument('[instance]', 'only this instance')
  return withQueryOptions(withPageOptions(command, { limit: 'maximum number of rows (default: 1000)' })).action(
    async (kind: string, instance: string | undefined, { limit, offset, ...options }: UsageOptions) => {
      const { client, printer } = openSession(options)
      printer.answer(await client.get(['usage', kind], { instance, limit, offset }, tableSchema))
    },
  )
}
