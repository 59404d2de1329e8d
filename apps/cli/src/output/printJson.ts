import { stringifyJson } from '@stacktach/domain'

/** Prints a value as JSON on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${stringifyJson(value)}\n`)
}
