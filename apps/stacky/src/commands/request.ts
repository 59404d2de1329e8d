import { Command } from 'commander'
import { tableSchema } from '../answers.ts'
import { openSession, type QueryOptions, withQueryOptions } from '../session.ts'
import { type PageOptions, type RangeOptions, withPageOptions, withRangeOptions } from './sharedOptions.ts'

interface RequestOptions extends QueryOptions, PageOptions, RangeOptions {}

/** `stacky request <request-id>` */
export function requestCommand(): Command {
  const command = new Command('request')
    .description('show the notifications of a request')
    .argument('<request-id>', 'with or without the prefix req-')
  return withQueryOptions(withRangeOptions(withPageOptions(command), 'notifications')).action(
    async (request_id: string, { from, to, limit, offset, ...options }: RequestOptions) => {
      const { client, printer } = openSession(options)
      const parameters = { request_id, when_min: from, when_max: to, limit, offset }
      printer.answer(await client.get(['request'], parameters, tableSchema))
    },
  )
}
