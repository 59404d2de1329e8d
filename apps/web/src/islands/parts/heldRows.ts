/** Rows that arrived while the reader does not want the list to move, oldest first. */
export class HeldRows<Row> {
  readonly #maximum: number
  #rows: Row[] = []
  #count = 0

  /** @param maximum number of rows that are kept: as many as the list shows */
  constructor(maximum: number) {
    this.#maximum = maximum
  }

  /** Number of rows that arrived, including those that are not kept. */
  get count(): number {
    return this.#count
  }

  add(row: Row): void {
    this.#count++
    this.#rows.push(row)
    if (this.#rows.length >= 2 * this.#maximum) this.#rows = this.#rows.slice(-this.#maximum)
  }

  /** Returns the newest rows, oldest first, and forgets all. */
  take(): Row[] {
    const rows = this.#rows.slice(-this.#maximum)
    this.#rows = []
    this.#count = 0
    return rows
  }
}
