import { stringify } from 'csv-stringify/sync'
import type { Table } from '../answers.ts'
import { renderTable, type Screen } from './renderTable.ts'

/** In which form results are printed. */
export type Form = 'table' | 'json' | 'csv'

/** Prints results on standard output. */
export class Printer {
  readonly form: Form
  readonly screen: Screen
  readonly #write: (text: string) => void

  constructor(form: Form, screen: Screen, write: (text: string) => void) {
    this.form = form
    this.screen = screen
    this.#write = write
  }

  line(text: string): void {
    this.#write(`${text}\n`)
  }

  /** A line for people: neither JSON nor CSV has it. */
  say(text: string): void {
    if (this.form === 'table') this.line(text)
  }

  /**
   * An answer: as JSON the very text that was answered.
   *
   * @param shown what people see in place of the answer's own rows
   */
  answer({ text, value }: { text: string; value: Table }, shown: Table = value): void {
    if (this.form === 'json') this.line(text)
    else if (this.form === 'csv') this.csv(value)
    else this.table(shown)
  }

  /** Stacky says `No results` of a header alone. */
  table(rows: readonly (readonly unknown[])[]): void {
    this.line(rows.length < 2 ? 'No results' : renderTable(rows, this.screen))
  }

  csv(rows: readonly (readonly unknown[])[]): void {
    this.#write(stringify([...rows].map((row) => [...row])))
  }
}

/** What standard output is: colour is for terminals that want it (NO_COLOR, TERM). */
export function screenOf(output: NodeJS.WriteStream): Screen {
  return output.isTTY && output.columns > 0
    ? { width: output.columns, colour: output.hasColors() }
    : { width: Number.POSITIVE_INFINITY, colour: false }
}
