import { Command, Option } from 'commander'
import { tableSchema } from '../answers.ts'
import { serviceNames } from '../arguments.ts'
import { openSession, type QueryOptions, withQueryOptions } from '../session.ts'
import { withServiceOption } from './sharedOptions.ts'

interface ListOptions extends QueryOptions {
  service?: string
}

/** `stacky deployments` */
export function deploymentsCommand(): Command {
  return listCommand(new Command('deployments').description('list all deployments'))
}

/** `stacky events` */
export function eventsCommand(): Command {
  const service = new Option('--service <name>', 'service to query (default: nova)').choices([...serviceNames, 'all'])
  return listCommand(new Command('events').description('list all event names').addOption(service))
}

/** `stacky hosts` */
export function hostsCommand(): Command {
  return listCommand(withServiceOption(new Command('hosts').description('list all hosts')))
}

/** Completes a command that prints the table of the endpoint of the same name. */
function listCommand(command: Command): Command {
  return withQueryOptions(command).action(async ({ service, ...options }: ListOptions) => {
    const { client, printer } = openSession(options)
    printer.answer(await client.get([command.name()], { service }, tableSchema))
  })
}
