import { Command } from 'commander'
import { table } from '../answers.ts'
import { type AskOptions, asking, openSession } from '../session.ts'
import { oneOfService } from '../words.ts'
import { ofService, type PageOptions, paged, type RangeOptions, ranged, SERVICE_ARGUMENT } from './options.ts'

interface UuidOptions extends AskOptions, PageOptions, RangeOptions {
  service?: string
}

export function uuidCommand(): Command {
  const command = new Command('uuid')
    .description('show the notifications of an instance or image, and the timings of an instance')
    .usage('[options] [service] <uuid>')
    .argument('<uuid...>', SERVICE_ARGUMENT)
    .addHelpText(
      'after',
      '\nAs JSON, one object of both; as CSV, the notifications alone: `stacky timings --uuid <uuid>` has the timings.',
    )
  return asking(ranged(paged(ofService(command)), 'notifications')).action(
    async (words: string[], { from, to, limit, offset, ...options }: UuidOptions) => {
      const { value: uuid, service = options.service } = oneOfService(words, 'uuid')
      const { client, printer } = openSession(options)
      const parameters = { uuid, service, when_min: from, when_max: to, limit, offset }
      const notifications = await client.ask(['uuid'], parameters, table)
      // Only instances have timings.
      const timings = service === 'glance' ? null : await client.ask(['timings', 'uuid'], { uuid }, table)
      if (printer.form === 'json') {
        printer.line(`{"notifications":${notifications.text},"timings":${timings?.text ?? 'null'}}`)
        return
      }
      printer.say(`Events related to ${uuid}`)
      printer.answer(notifications)
      if (timings !== null && printer.form === 'table') printer.answer(timings)
    },
  )
}
