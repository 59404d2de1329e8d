import { Command } from 'commander'
import { tableSchema } from '../answers.ts'
import { CommandUsageError } from '../requestErrors.ts'
import { openSession, type QueryOptions, withQueryOptions } from '../session.ts'
import { type PageOptions, type RangeOptions, withPageOptions, withRangeOptions } from './sharedOptions.ts'

interface TimingsOptions extends QueryOptions, PageOptions, RangeOptions {
  uuid?: string
}

/** `stacky timings <event-name>` */
export function timingsCommand(): Command {
  const command = new Command('timings')
    .description('show how long the operations of one name took, shortest first')
    .argument('[event-name]', 'for example compute.instance.create; .start or .end is removed')
    .option('--uuid <uuid>', 'show the operations of one instance instead')
  return withQueryOptions(withRangeOptions(withPageOptions(command), 'operations that ended')).action(
    async (name: string | undefined, { uuid, from, to, limit, offset, ...options }: TimingsOptions) => {
      if ((name === undefined) === (uuid === undefined))
        throw new CommandUsageError('use either an event name or --uuid')
      if (uuid !== undefined && (from ?? to) !== undefined)
        throw new CommandUsageError('--from and --to cannot be used with --uuid')
      const { client, printer } = openSession(options)
      if (uuid !== undefined) {
        printer.answer(await client.get(['timings', 'uuid'], { uuid, limit, offset }, tableSchema))
        return
      }
      const parameters = { name: name?.replace(/\.(start|end)$/, ''), end_when_min: from, end_when_max: to }
      printer.answer(await client.get(['timings'], { ...parameters, limit, offset }, tableSchema))
    },
  )
}
