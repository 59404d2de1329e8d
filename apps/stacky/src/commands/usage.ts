import { Argument, Command } from 'commander'
import { table } from '../answers.ts'
import { type AskOptions, asking, openSession } from '../session.ts'
import { type PageOptions, paged } from './options.ts'

interface UsageOptions extends AskOptions, PageOptions {}

export function usageCommand(): Command {
  const command = new Command('usage')
    .description('show launches, deletes or exists, newest first')
    .addArgument(new Argument('<what>', 'which').choices(['launches', 'deletes', 'exists']))
    .argument('[instance]', 'of this instance alone')
  return asking(paged(command, '1000')).action(
    async (what: string, instance: string | undefined, { limit, offset, ...options }: UsageOptions) => {
      const { client, printer } = openSession(options)
      printer.answer(await client.ask(['usage', what], { instance, limit, offset }, table))
    },
  )
}
