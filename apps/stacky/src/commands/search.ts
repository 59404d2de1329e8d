import { Command } from 'commander'
import { tableSchema } from '../answers.ts'
import { parseSearchArguments } from '../arguments.ts'
import { openSession, type QueryOptions, withQueryOptions } from '../session.ts'
import {
  type PageOptions,
  type RangeOptions,
  withPageOptions,
  withRangeOptions,
  withServiceOption,
} from './sharedOptions.ts'

interface SearchOptions extends QueryOptions, PageOptions, RangeOptions {
  service?: string
}

const FIELDS_HELP = `
Fields:
  id, deployment, deployment__name, tenant, routing_key, state, old_state, task,
  old_task, image_type, when, publisher, event, service, host, instance,
  request_id, message_id; glance only: owner, status, uuid
Suffixes of a field:
  __contains, __startswith, __endswith; for when and id: __gt, __gte, __lt, __lte
Examples:
  stacky search event compute.instance.create.error
  stacky search nova host__contains compute-03 20 2026-11-20 2026-11-21`

/** `stacky search <field> <value>` */
export function searchCommand(): Command {
  const command = new Command('search')
    .description('search notifications by a field, newest first')
    .usage('[options] [service] <field> <value> [limit] [from] [to]')
    .argument('<field...>', 'field and value; a service may precede them, and limit, from and to may follow')
    .addHelpText('after', FIELDS_HELP)
  return withQueryOptions(withRangeOptions(withPageOptions(withServiceOption(command)), 'notifications')).action(
    async (words: string[], { offset, ...options }: SearchOptions) => {
      const { field, value, service = options.service, ...rest } = parseSearchArguments(words)
      const { limit = options.limit, from = options.from, to = options.to } = rest
      const { client, printer } = openSession(options)
      const parameters = { field, value, service, when_min: from, when_max: to, limit, offset }
      printer.answer(await client.get(['search'], parameters, tableSchema))
    },
  )
}
