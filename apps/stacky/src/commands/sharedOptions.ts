import { type Command, Option } from 'commander'
import { parseTimeArgument, serviceNames } from '../arguments.ts'

export interface PageOptions {
  limit?: string
  offset?: string
}

/** Adds the options of PageOptions. The server validates the values. */
export function withPageOptions(
  command: Command,
  { limit = 'maximum number of rows (default: 50, at most 1000)', offset = 'number of rows to skip' } = {},
): Command {
  return command.option('--limit <number>', limit).option('--offset <number>', offset)
}

export interface RangeOptions {
  /** Unix times. */
  from?: string
  to?: string
}

/** Adds the options of RangeOptions. */
export function withRangeOptions(command: Command, rowNoun: string): Command {
  return command
    .option(
      '--from <time>',
      `${rowNoun} at or after this time: 2026-11-20, "2026-11-20 13:00:00" or unix time`,
      parseTimeArgument,
    )
    .option('--to <time>', `${rowNoun} at or before this time`, parseTimeArgument)
}

/** Adds `--service`. Commands that have a service argument in Stacky accept that as well. */
export function withServiceOption(command: Command): Command {
  return command.addOption(new Option('--service <name>', 'service to query (default: nova)').choices(serviceNames))
}
