import { stringifyJson } from '@stacktach/domain'
import Table from 'cli-table3'
import { visible } from './visible.ts'

/** Prints a value as JSON on standard output, for scripts. */
export function printJson(value: unknown): void {
  process.stdout.write(`${stringifyJson(value)}\n`)
}

/** Rows of a table that people are shown: nobody reads more, and laying out takes a time that grows with their square. */
const SHOWN = 1_000

/** Prints rows as a table on standard output, for people. */
export function printTable(head: readonly string[], rows: readonly (readonly unknown[])[]): void {
  process.stdout.write(tableOf(head, rows))
}

/** A table as text; of one that is too long the first rows, and a line that says so. */
export function tableOf(head: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } })
  for (const row of rows.slice(0, SHOWN))
    table.push(row.map((cell) => (cell === null || cell === undefined ? '' : visible(String(cell)))))
  const more = rows.length - SHOWN
  return `${table.toString()}\n${more > 0 ? `… ${more.toLocaleString('en-US')} more rows: --json has them all\n` : ''}`
}

/** How a list is shown to people and to scripts. */
export interface ListForm<T> {
  head: readonly string[]
  cells(item: T): readonly unknown[]
  object(item: T): unknown
}

/** Prints a list that comes in pieces. As JSON it is one array, written as it comes, however long. */
export class ListPrinter<T> {
  readonly #form: ListForm<T>
  readonly #json: boolean
  readonly #rows: (readonly unknown[])[] = []
  #count = 0

  constructor(form: ListForm<T>, json: boolean) {
    this.#form = form
    this.#json = json
  }

  add(items: readonly T[]): void {
    for (const item of items) {
      const before = this.#count++ === 0 ? '[' : ',\n'
      if (this.#json) process.stdout.write(`${before}${stringifyJson(this.#form.object(item))}`)
      else this.#rows.push(this.#form.cells(item))
    }
  }

  /** @param limit that was asked for: a table that it may have cut says so */
  end(limit: number): void {
    if (this.#json) {
      process.stdout.write(this.#count === 0 ? '[]\n' : ']\n')
      return
    }
    printTable(this.#form.head, this.#rows)
    if (this.#count === limit) console.error(`the first ${limit}; --limit shows more`)
  }
}
