import { Command } from 'commander'
import { table } from '../answers.ts'
import { type AskOptions, asking, openSession } from '../session.ts'
import { searchWords } from '../words.ts'
import { ofService, type PageOptions, paged, type RangeOptions, ranged, SERVICE_ARGUMENT } from './options.ts'

interface SearchOptions extends AskOptions, PageOptions, RangeOptions {
  service?: string
}

const FIELDS = `
Fields: id, deployment, deployment__name, tenant, routing_key, state, old_state, task, old_task, image_type, when,
publisher, event, service, host, instance, request_id, message_id; of glance: owner, status, uuid.
A field may end in __contains, __startswith, __endswith; when and id in __gt, __gte, __lt, __lte.

  stacky search event compute.instance.create.error
  stacky search nova tenant d50ea282853e4f16938d70c3c1d1e1cd 20 "2026-11-20 00:00:00" "2026-11-21 00:00:00"`

export function searchCommand(): Command {
  const command = new Command('search')
    .description('find notifications by a field, newest first')
    .usage('[options] [service] <field> <value> [limit] [from] [to]')
    .argument('<field...>', SERVICE_ARGUMENT)
    .addHelpText('after', FIELDS)
  return asking(ranged(paged(ofService(command)), 'notifications')).action(
    async (words: string[], { offset, ...options }: SearchOptions) => {
      const { field, value, service = options.service, ...rest } = searchWords(words)
      const { limit = options.limit, from = options.from, to = options.to } = rest
      const { client, printer } = openSession(options)
      const parameters = { field, value, service, when_min: from, when_max: to, limit, offset }
      printer.answer(await client.ask(['search'], parameters, table))
    },
  )
}
