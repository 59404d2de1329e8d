import type { ImportState } from './state.ts'

const WIDTH = 24

/** A line on standard error that tells how far an import is: renewed on a terminal, else silent. */
export class ProgressBar {
  readonly #size: number | null
  readonly #began: ImportState
  readonly #startedAt = performance.now()
  readonly #shown: boolean

  /** @param size bytes of the file, null when nobody knows how much will come */
  constructor(size: number | null, began: ImportState, silent: boolean) {
    this.#size = size
    this.#began = began
    this.#shown = !silent && process.stderr.isTTY === true
  }

  show(state: ImportState): void {
    if (!this.#shown) return
    const text = progressText(state, this.#began.lines, this.#size, (performance.now() - this.#startedAt) / 1000)
    process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`)
  }

  /** Takes the line away: what follows begins where it was. */
  clear(): void {
    if (this.#shown) process.stderr.write('\r\x1b[K')
  }
}

/** `[======>                 ]  25 %  12000/s  stored 3000, known 0, rejected 0` */
export function progressText(
  { offset, lines, stored, known, rejected }: ImportState,
  before: number,
  size: number | null,
  seconds: number,
): string {
  const rate = Math.round((lines - before) / Math.max(seconds, 0.001))
  const counts = `${rate}/s  stored ${stored}, known ${known}, rejected ${rejected}`
  if (size === null) return `${lines} lines  ${counts}`
  const share = size === 0 ? 1 : Math.min(offset / size, 1)
  const done = Math.floor(share * WIDTH)
  const bar = `${'='.repeat(done)}${done < WIDTH ? '>' : ''}`.padEnd(WIDTH)
  return `[${bar}] ${String(Math.floor(share * 100)).padStart(3)} %  ${counts}`
}
