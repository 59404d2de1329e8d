import { Command, Option } from 'commander'
import { table } from '../answers.ts'
import { type AskOptions, asking, openSession } from '../session.ts'
import { services } from '../words.ts'
import { ofService } from './options.ts'

interface ListOptions extends AskOptions {
  service?: string
}

export function deploymentsCommand(): Command {
  return listing(new Command('deployments').description('list all deployments'))
}

export function eventsCommand(): Command {
  const service = new Option('--service <name>', 'whose (default: nova)').choices([...services, 'all'])
  return listing(new Command('events').description('list all event names').addOption(service))
}

export function hostsCommand(): Command {
  return listing(ofService(new Command('hosts').description('list all hosts')))
}

function listing(command: Command): Command {
  return asking(command).action(async ({ service, ...options }: ListOptions) => {
    const { client, printer } = openSession(options)
    printer.answer(await client.ask([command.name()], { service }, table))
  })
}
