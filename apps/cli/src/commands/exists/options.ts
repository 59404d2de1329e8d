import { existsServices } from '@stacktach/db'
import { Option } from 'commander'
import { instant } from '../../arguments.ts'

/** Options of the commands about exists. */
export const serviceOption = () => new Option('--service <name>', 'of this service only').choices([...existsServices])

export const fromOption = () =>
  new Option('--from <time>', 'those whose audit period ended at that time or later, UTC').argParser(instant)

export const toOption = () =>
  new Option('--to <time>', 'those whose audit period ended at that time or earlier, UTC').argParser(instant)
