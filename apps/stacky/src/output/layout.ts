import stringWidth from 'string-width'

/** Terminal columns of a cell's border and padding, and of the table's last border. */
const CELL_BORDER_COLUMNS = 3
const LAST_BORDER_COLUMNS = 1

/** A part longer than this may be cut anywhere: it is not an id. */
const MAX_PART_COLUMNS = 40

const graphemes = new Intl.Segmenter()

/**
 * Chooses column widths so that the table fits, narrowing the widest columns first. Ids, UUIDs, dates and times are
 * never cut.
 *
 * @param rows texts including the header, all rows of the same length
 * @param available terminal columns
 * @returns null when the table cannot fit
 */
export function columnWidths(rows: readonly (readonly string[])[], available: number): number[] | null {
  const columns = (rows[0] ?? []).map((_, index) => rows.map((row) => row[index] ?? ''))
  const natural = columns.map((texts) => Math.max(...texts.map(stringWidth)))
  const room = available - natural.length * CELL_BORDER_COLUMNS - LAST_BORDER_COLUMNS
  if (sum(natural) <= room) return natural
  const minimal = columns.map((texts) => Math.max(...texts.flatMap(parts).map((part) => stringWidth(trimSpaces(part)))))
  for (const [index, width] of minimal.entries()) minimal[index] = Math.min(width, MAX_PART_COLUMNS)
  if (sum(minimal) > room) return null
  const widths = natural
  while (sum(widths) > room) narrow(widths, minimal)
  // Wrapping may leave every line of a column shorter than the column.
  return columns.map((texts, index) =>
    Math.max(...texts.flatMap((text) => wrap(text, widths[index] ?? 0)).map(stringWidth)),
  )
}

/** Narrows the widest column that is above its minimal width by one. */
function narrow(widths: number[], minimal: readonly number[]): void {
  let widest = -1
  for (const [index, width] of widths.entries()) {
    if (width > (minimal[index] ?? 0) && width > (widths[widest] ?? 0)) widest = index
  }
  widths[widest] = (widths[widest] ?? 0) - 1
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

/** Splits a text where a line may break: after spaces, and after `.`, `_`, `-` or `/` before a letter. */
function parts(text: string): string[] {
  if (/^(req-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return [text]
  return text.split(/(?<= )(?! )|(?<=[._/-])(?=\p{L})/u)
}

/** Removes trailing ASCII spaces. Other white space, such as a no-break space, may be part of a name and stays. */
export const trimSpaces = (text: string) => text.replace(/(?<! ) +$/, '')

/** Wraps a text to lines of at most `width` columns. */
export function wrap(text: string, width: number): string[] {
  if (stringWidth(text) <= width) return [text]
  const lines: string[] = []
  let line = ''
  const append = (part: string) => {
    if (line !== '' && stringWidth(trimSpaces(`${line}${part}`)) > width) {
      lines.push(trimSpaces(line))
      line = ''
    }
    line += part
  }
  for (const part of parts(text)) {
    if (stringWidth(trimSpaces(part)) <= width) append(part)
    else for (const { segment } of graphemes.segment(part)) append(segment)
  }
  return [...lines, trimSpaces(line)]
}

/** Centres a text in `width` columns; an odd space is placed as PrettyTable does. */
export function centre(text: string, width: number): string {
  const textWidth = stringWidth(text)
  const spare = Math.max(0, width - textWidth)
  const before = spare % 2 === 1 && textWidth % 2 === 0 ? (spare + 1) / 2 : Math.floor(spare / 2)
  return `${' '.repeat(before)}${text}${' '.repeat(spare - before)}`
}
