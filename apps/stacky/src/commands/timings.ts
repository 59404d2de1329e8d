import { Command } from 'commander'
import { table } from '../answers.ts'
import { UsageError } from '../failure.ts'
import { type AskOptions, asking, openSession } from '../session.ts'
import { type PageOptions, paged, type RangeOptions, ranged } from './options.ts'

interface TimingsOptions extends AskOptions, PageOptions, RangeOptions {
  uuid?: string
}

export function timingsCommand(): Command {
  const command = new Command('timings')
    .description('show how long each operation of a name took, shortest first')
    .argument('[event-name]', 'such as compute.instance.create; .start and .end are left out')
    .option('--uuid <uuid>', 'the operations of one instance in place of those of a name')
  return asking(ranged(paged(command), 'operations that ended')).action(
    async (name: string | undefined, { uuid, from, to, limit, offset, ...options }: TimingsOptions) => {
      if ((name === undefined) === (uuid === undefined)) throw new UsageError('give an event name, or --uuid')
      if (uuid !== undefined && (from ?? to) !== undefined) throw new UsageError('--from and --to are not for --uuid')
      const { client, printer } = openSession(options)
      if (uuid !== undefined) {
        printer.answer(await client.ask(['timings', 'uuid'], { uuid, limit, offset }, table))
        return
      }
      const parameters = { name: name?.replace(/\.(start|end)$/, ''), end_when_min: from, end_when_max: to }
      printer.answer(await client.ask(['timings'], { ...parameters, limit, offset }, table))
    },
  )
}
