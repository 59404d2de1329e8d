import { type Command, InvalidArgumentError, Option } from 'commander'
import { Client } from './client.ts'
import { clientConfig } from './config.ts'
import { type Form, Printer, screenOf } from './output/printer.ts'

/** Options of every command that asks the server. */
export interface AskOptions {
  json?: boolean
  csv?: boolean
  timeout: number
}

/** What a command works with. */
export interface Session {
  client: Client
  printer: Printer
}

/** A command that asks: how it prints and how long it waits is the same for all. */
export function asking(command: Command): Command {
  return command
    .addOption(new Option('--json', 'print the answer as the server gives it, for scripts').conflicts('csv'))
    .option('--csv', 'print the answer as CSV, for spreadsheets')
    .option('--timeout <seconds>', 'how long to wait for an answer', seconds, 30)
}

/**
 * Opens what the environment and the options say.
 *
 * @throws ConfigError
 */
export function openSession({ json, csv, timeout }: AskOptions): Session {
  const form: Form = json ? 'json' : csv ? 'csv' : 'table'
  const printer = new Printer(form, screenOf(process.stdout), (text) => process.stdout.write(text))
  return { client: new Client(clientConfig(process.env), timeout), printer }
}

function seconds(value: string): number {
  const number = Number(value)
  if (!/^\d+(\.\d+)?$/.test(value) || number <= 0 || number > 86_400) {
    throw new InvalidArgumentError('It must be a number of seconds above 0.')
  }
  return number
}
