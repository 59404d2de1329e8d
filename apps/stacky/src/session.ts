import { type Command, InvalidArgumentError, Option } from 'commander'
import { Client } from './client.ts'
import { clientConfig } from './config.ts'
import { type OutputForm, Printer, screenOf } from './output/printer.ts'

const DEFAULT_TIMEOUT_SECONDS = 30
const MAX_TIMEOUT_SECONDS = 86_400

/** Options of every command that queries the server. */
export interface QueryOptions {
  json?: boolean
  csv?: boolean
  /** Seconds. */
  timeout: number
}

/** Client and printer of one command. */
export interface Session {
  client: Client
  printer: Printer
}

/** Adds the options of QueryOptions. */
export function withQueryOptions(command: Command): Command {
  return command
    .addOption(new Option('--json', "print the server's JSON unchanged").conflicts('csv'))
    .option('--csv', 'print CSV')
    .option('--timeout <seconds>', 'how long to wait for the server', parseTimeout, DEFAULT_TIMEOUT_SECONDS)
}

/**
 * Opens a session from the environment and the options.
 *
 * @throws ClientConfigError
 */
export function openSession({ json, csv, timeout }: QueryOptions): Session {
  const form: OutputForm = json ? 'json' : csv ? 'csv' : 'table'
  const printer = new Printer(form, screenOf(process.stdout), (text) => process.stdout.write(text))
  return { client: new Client(clientConfig(process.env), timeout), printer }
}

function parseTimeout(value: string): number {
  const seconds = Number(value)
  if (!/^\d+(\.\d+)?$/.test(value) || seconds <= 0 || seconds > MAX_TIMEOUT_SECONDS) {
    throw new InvalidArgumentError(`It must be a number above 0 and at most ${MAX_TIMEOUT_SECONDS}.`)
  }
  return seconds
}
