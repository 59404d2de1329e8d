import { Command } from 'commander'
import { tableSchema } from '../answers.ts'
import { parseServiceAndValue } from '../arguments.ts'
import { openSession, type QueryOptions, withQueryOptions } from '../session.ts'
import {
  type PageOptions,
  type RangeOptions,
  withPageOptions,
  withRangeOptions,
  withServiceOption,
} from './sharedOptions.ts'

interface UuidOptions extends QueryOptions, PageOptions, RangeOptions {
  service?: string
}

/** `stacky uuid <uuid>` */
export function uuidCommand(): Command {
  const command = new Command('uuid')
    .description('show the notifications of an instance or image, and the timings of an instance')
    .usage('[options] [service] <uuid>')
    .argument('<uuid...>', 'UUID of the instance or image; a service may precede it')
    .addHelpText(
      'after',
      '\n--json prints an object with notifications and timings. --csv prints only the\nnotifications; use `stacky timings --uuid <uuid>` for the timings.',
    )
  return withQueryOptions(withRangeOptions(withPageOptions(withServiceOption(command)), 'notifications')).action(
    async (words: string[], { from, to, limit, offset, ...options }: UuidOptions) => {
      const { value: uuid, service = options.service } = parseServiceAndValue(words, 'uuid')
      const { client, printer } = openSession(options)
      const parameters = { uuid, service, when_min: from, when_max: to, limit, offset }
      const notifications = await client.get(['uuid'], parameters, tableSchema)
      // Only instances have timings.
      const timings = service === 'glance' ? null : await client.get(['timings', 'uuid'], { uuid }, tableSchema)
      if (printer.form === 'json') {
        printer.line(`{"notifications":${notifications.text},"timings":${timings?.text ?? 'null'}}`)
        return
      }
      printer.heading(`Events related to ${uuid}`)
      printer.answer(notifications)
      if (timings !== null && printer.form === 'table') printer.answer(timings)
    },
  )
}
