import Table from 'cli-table3'
import { cellText } from './cellText.ts'
import { coloured, type Style } from './colour.ts'
import { centre, columnWidths, trimSpaces, wrap } from './layout.ts'

/** The terminal or pipe that tables are printed to. */
export interface Screen {
  /** Columns; Infinity when it is not a terminal. */
  width: number
  colour: boolean
}

const RECORD_TITLE_COLUMNS = 40

/** The borders of PrettyTable. */
const chars = {
  top: '-',
  'top-mid': '+',
  'top-left': '+',
  'top-right': '+',
  bottom: '-',
  'bottom-mid': '+',
  'bottom-left': '+',
  'bottom-right': '+',
  left: '|',
  'left-mid': '+',
  mid: '-',
  'mid-mid': '+',
  right: '|',
  'right-mid': '+',
  middle: '|',
}

/**
 * Renders a table as PrettyTable does. Cells are wrapped when it does not fit; if it still does not fit, each row
 * becomes a record with one line per cell.
 *
 * @param rows the first is the header; rows may be shorter or longer than it
 */
export function renderTable(rows: readonly (readonly unknown[])[], screen: Screen): string {
  const columns = Math.max(...rows.map(({ length }) => length))
  const texts = rows.map((row) =>
    Array.from({ length: columns }, (_, index) => (index < row.length ? cellText(row[index]) : '')),
  )
  const [head = [], ...body] = texts
  const widths = columnWidths(texts, screen.width)
  if (widths === null) return records(head, body, screen)
  const mark = head.indexOf('?')
  const table = new Table({
    chars,
    head: padded(head, widths, screen.colour ? 'bold' : null),
    style: { compact: true, head: [], border: [] },
  })
  for (const row of body) table.push(padded(row, widths, styleOf(row[mark], screen)))
  return table.toString()
}

/** Style of a row: red for an error. */
function styleOf(mark: string | undefined, { colour }: Screen): Style | null {
  return colour && mark === 'E' ? 'red' : null
}

/** Wraps, centres and styles cells to the full column width, so that cli-table3 has no layout left to do. */
function padded(row: readonly string[], widths: readonly number[], style: Style | null): string[] {
  return row.map((text, index) => {
    const width = widths[index] ?? 0
    const lines = wrap(text, width).map((line) => centre(line, width))
    return lines.map((line) => (style === null ? line : coloured(style, line))).join('\n')
  })
}

/** One line per cell, under a title per row, like psql's expanded display. */
function records(head: readonly string[], body: readonly (readonly string[])[], screen: Screen): string {
  const mark = head.indexOf('?')
  const longest = Math.max(...head.map(({ length }) => length))
  return body
    .map((row, number) => {
      const style = styleOf(row[mark], screen)
      const title = `-[ ${number + 1} ]`.padEnd(Math.min(screen.width, RECORD_TITLE_COLUMNS), '-')
      const lines = row.map((text, index) => trimSpaces(`${(head[index] ?? '').padEnd(longest)} | ${text}`))
      return [title, ...lines.map((line) => (style === null ? line : coloured(style, line)))].join('\n')
    })
    .join('\n')
}
