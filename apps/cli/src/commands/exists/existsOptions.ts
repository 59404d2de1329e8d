import { existsServices } from '@stacktach/db'
import { Option } from 'commander'
import { timeArgument } from '../../arguments.ts'

/** `--service` of the exists commands. */
export const existsServiceOption = () =>
  new Option('--service <name>', 'only this service').choices([...existsServices])

/** `--from` of the exists commands. */
export const existsFromOption = () =>
  new Option('--from <time>', 'only audit periods that end at or after this time (UTC)').argParser(timeArgument)

/** `--to` of the exists commands. */
export const existsToOption = () =>
  new Option('--to <time>', 'only audit periods that end at or before this time (UTC)').argParser(timeArgument)
