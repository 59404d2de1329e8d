import { Command } from 'commander'
import { table } from '../answers.ts'
import { type AskOptions, asking, openSession } from '../session.ts'
import { type PageOptions, paged, type RangeOptions, ranged } from './options.ts'

interface RequestOptions extends AskOptions, PageOptions, RangeOptions {}

export function requestCommand(): Command {
  const command = new Command('request')
    .description('show the notifications of a request')
    .argument('<request-id>', 'with or without req-')
  return asking(ranged(paged(command), 'notifications')).action(
    async (request_id: string, { from, to, limit, offset, ...options }: RequestOptions) => {
      const { client, printer } = openSession(options)
      const parameters = { request_id, when_min: from, when_max: to, limit, offset }
      printer.answer(await client.ask(['request'], parameters, table))
    },
  )
}
