import { type Command, Option } from 'commander'
import { services, time } from '../words.ts'

export interface PageOptions {
  limit?: string
  offset?: string
}

/** Which of a long answer's rows to ask for; the server says what it takes. */
export function paged(command: Command, limit = '50; the server gives at most 1000'): Command {
  return command
    .option('--limit <number>', `how many rows at most (default: ${limit})`)
    .option('--offset <number>', 'how many rows to skip')
}

export interface RangeOptions {
  /** Unix times. */
  from?: string
  to?: string
}

export function ranged(command: Command, what: string): Command {
  return command
    .option('--from <time>', `${what} from then on: 2026-11-20, "2026-11-20 13:00:00" or unix time`, time)
    .option('--to <time>', `${what} until then`, time)
}

/** Every command that takes a service has it as an option; those of Stacky that take it as an argument, that too. */
export function ofService(command: Command): Command {
  return command.addOption(new Option('--service <name>', 'whose (default: nova)').choices(services))
}

export const SERVICE_ARGUMENT = 'the service is nova (default), glance or generic'
