const CLEAR_LINE = '\r\x1b[K'

/** Columns used when the width of the terminal is unknown. */
const DEFAULT_COLUMNS = 80

/** A progress line on standard error, rewritten in place; prints nothing when standard error is not a terminal. */
export class ProgressLine {
  readonly #enabled: boolean

  /** @param silent prints nothing, as with `--json` */
  constructor(silent: boolean) {
    this.#enabled = !silent && process.stderr.isTTY === true
  }

  /** Replaces the line; a text wider than the terminal is cut. */
  show(text: string): void {
    if (this.#enabled) {
      process.stderr.write(`${CLEAR_LINE}${text.slice(0, (process.stderr.columns ?? DEFAULT_COLUMNS) - 1)}`)
    }
  }

  /** Removes the line before other output. */
  clear(): void {
    if (this.#enabled) process.stderr.write(CLEAR_LINE)
  }
}
