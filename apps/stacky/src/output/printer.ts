import { stringify } from 'csv-stringify/sync'
import type { Table } from '../answers.ts'
import { renderTable, type Screen } from './renderTable.ts'

/** Format of the results. */
export type OutputForm = 'table' | 'json' | 'csv'

/** Prints results on standard output. */
export class Printer {
  readonly form: OutputForm
  readonly screen: Screen
  readonly #write: (text: string) => void

  constructor(form: OutputForm, screen: Screen, write: (text: string) => void) {
    this.form = form
    this.screen = screen
    this.#write = write
  }

  line(text: string): void {
    this.#write(`${text}\n`)
  }

  /** A line above a table; omitted from JSON and CSV. */
  heading(text: string): void {
    if (this.form === 'table') this.line(text)
  }

  /**
   * Prints an answer; as JSON it is the server's text, unchanged.
   *
   * @param tableRows printed as the table instead of the answer's rows
   */
  answer({ text, value }: { text: string; value: Table }, tableRows: Table = value): void {
    if (this.form === 'json') this.line(text)
    else if (this.form === 'csv') this.csv(value)
    else this.table(tableRows)
  }

  /** Prints a table, or `No results` for a header without rows, as Stacky does. */
  table(rows: readonly (readonly unknown[])[]): void {
    this.line(rows.length < 2 ? 'No results' : renderTable(rows, this.screen))
  }

  csv(rows: readonly (readonly unknown[])[]): void {
    this.#write(stringify([...rows].map((row) => [...row])))
  }
}

/** Width and colour support of an output; colour depends on NO_COLOR and TERM. */
export function screenOf(output: NodeJS.WriteStream): Screen {
  return output.isTTY && output.columns > 0
    ? { width: output.columns, colour: output.hasColors() }
    : { width: Number.POSITIVE_INFINITY, colour: false }
}
