import Table from 'cli-table3'
import { cellText } from './cellText.ts'
import { coloured, type Style } from './colour.ts'
import { centre, columnWidths, wrap } from './layout.ts'

/** What tables are shown on. */
export interface Screen {
  /** Columns; infinitely many when it is no terminal. */
  width: number
  colour: boolean
}

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
 * A table as PrettyTable draws it. Where it does not fit, cells are wrapped; where that is not enough, each row becomes
 * a record of lines.
 *
 * @param rows the first is the header; a row may be shorter or longer than it
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

/** An error is red. */
function styleOf(mark: string | undefined, { colour }: Screen): Style | null {
  return colour && mark === 'E' ? 'red' : null
}

/** Cells as wide as their columns, so that whoever draws them has nothing left to decide. */
function padded(row: readonly string[], widths: readonly number[], style: Style | null): string[] {
  return row.map((text, index) => {
    const width = widths[index] ?? 0
    const lines = wrap(text, width).map((line) => centre(line, width))
    return lines.map((line) => (style === null ? line : coloured(style, line))).join('\n')
  })
}

function records(head: readonly string[], body: readonly (readonly string[])[], screen: Screen): string {
  const mark = head.indexOf('?')
  const longest = Math.max(...head.map(({ length }) => length))
  return body
    .map((row, number) => {
      const style = styleOf(row[mark], screen)
      const title = `-[ ${number + 1} ]`.padEnd(Math.min(screen.width, 40), '-')
      const lines = row.map((text, index) => `${(head[index] ?? '').padEnd(longest)} | ${text}`.trimEnd())
      return [title, ...lines.map((line) => (style === null ? line : coloured(style, line)))].join('\n')
    })
    .join('\n')
}
