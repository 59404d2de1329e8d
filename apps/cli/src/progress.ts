/** A line on standard error that tells how far a command is: renewed on a terminal, else silent. */
export class ProgressLine {
  readonly #shown: boolean

  /** @param silent for scripts */
  constructor(silent: boolean) {
    this.#shown = !silent && process.stderr.isTTY === true
  }

  show(text: string): void {
    if (this.#shown) process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`)
  }

  /** Takes the line away: what follows begins where it was. */
  clear(): void {
    if (this.#shown) process.stderr.write('\r\x1b[K')
  }
}
