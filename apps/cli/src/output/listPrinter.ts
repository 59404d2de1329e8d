import { stringifyJson } from '@stacktach/domain'
import { formatTable } from './printTable.ts'

/** How the items of a list are printed as a table and as JSON. */
export interface ListFormat<T> {
  head: readonly string[]
  cells(item: T): readonly unknown[]
  object(item: T): unknown
}

/** Prints a list that is read in batches. JSON is one array, written batch by batch, so its length is not limited. */
export class ListPrinter<T> {
  readonly #format: ListFormat<T>
  readonly #json: boolean
  readonly #write: (text: string) => void
  readonly #rows: (readonly unknown[])[] = []
  #count = 0

  /** @param write to standard output */
  constructor(
    format: ListFormat<T>,
    json: boolean,
    write: (text: string) => void = (text) => process.stdout.write(text),
  ) {
    this.#format = format
    this.#json = json
    this.#write = write
  }

  add(items: readonly T[]): void {
    for (const item of items) {
      const separator = this.#count++ === 0 ? '[' : ',\n'
      if (this.#json) this.#write(`${separator}${stringifyJson(this.#format.object(item))}`)
      else this.#rows.push(this.#format.cells(item))
    }
  }

  /**
   * Ends the JSON array, or prints the table.
   *
   * @param limit of the query: a note is printed when it was reached
   */
  end(limit: number): void {
    if (this.#json) {
      this.#write(this.#count === 0 ? '[]\n' : ']\n')
      return
    }
    this.#write(formatTable({ head: this.#format.head, rows: this.#rows }))
    if (this.#count === limit) console.error(`showing the first ${limit}; use --limit for more`)
  }
}
