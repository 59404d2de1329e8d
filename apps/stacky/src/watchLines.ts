import type { WatchAnswer } from './answers.ts'
import { cellText } from './output/cellText.ts'
import { coloured } from './output/colour.ts'
import type { Screen } from './output/renderTable.ts'

const ROWS_PER_HEADER = 20

/** Formats the lines of `watch`: a header first, then after every twenty rows and when a new day begins. */
export class WatchLines {
  readonly #screen: Screen
  #rowsUntilHeader = 0
  #date = ''

  constructor(screen: Screen) {
    this.#screen = screen
  }

  /** Formats the rows of one answer. */
  format([widths, rows]: WatchAnswer): string[] {
    const fits = widths.reduce((total, width) => total + width + 1, 1) <= this.#screen.width
    return rows.flatMap((row) => {
      const [id = '', mark = '', date = '', time = '', deployment = '', event = '', uuid = ''] = row.map(cellText)
      const head = this.#isHeadDue(date) ? (fits ? headOf(widths, date) : [date]) : []
      // Too narrow for columns: the least important cells are last, where the terminal wraps.
      const line = fits
        ? columns(widths, [id, mark, time, deployment, event, uuid])
        : [time, mark, event, uuid, deployment, id].join(' ')
      return [...head, mark === 'E' && this.#screen.colour ? coloured('red', line) : line]
    })
  }

  #isHeadDue(date: string): boolean {
    const due = this.#rowsUntilHeader === 0 || date !== this.#date
    this.#rowsUntilHeader = (due ? ROWS_PER_HEADER : this.#rowsUntilHeader) - 1
    this.#date = date
    return due
  }
}

function headOf(widths: readonly number[], date: string): string[] {
  const border = `+${widths.map((width) => '-'.repeat(width)).join('+')}+`
  return [border, columns(widths, ['#', '?', date, 'Deployment', 'Event', 'UUID']), border]
}

function columns(widths: readonly number[], texts: readonly string[]): string {
  return `|${texts.map((text, index) => centred(text, widths[index] ?? 0)).join('|')}|`
}

/** Centres text; an odd space is placed as Python's `str.center` does. */
function centred(text: string, width: number): string {
  const spare = Math.max(0, width - text.length)
  const before = Math.floor(spare / 2) + (spare & width & 1)
  return `${' '.repeat(before)}${text}${' '.repeat(spare - before)}`
}
