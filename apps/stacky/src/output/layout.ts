import stringWidth from 'string-width'

/** Columns of the terminal that a cell's borders take, and the table's last border. */
const BORDERS = 3
const LAST_BORDER = 1

/** A piece longer than this may be cut anywhere: it is no id. */
const LONGEST_PIECE = 40

const graphemes = new Intl.Segmenter()

/**
 * How wide each column is to be, so that the table fits: its natural width where it can have that, else the widest
 * columns give way first. Ids, uuids, dates and times are never cut.
 *
 * @param rows texts, the header among them, all of the same length
 * @returns null when it cannot fit
 */
export function columnWidths(rows: readonly (readonly string[])[], available: number): number[] | null {
  const columns = (rows[0] ?? []).map((_, index) => rows.map((row) => row[index] ?? ''))
  const natural = columns.map((texts) => Math.max(...texts.map(stringWidth)))
  const room = available - natural.length * BORDERS - LAST_BORDER
  if (sum(natural) <= room) return natural
  const least = columns.map((texts) => Math.max(...texts.flatMap(pieces).map((piece) => stringWidth(piece.trimEnd()))))
  for (const [index, width] of least.entries()) least[index] = Math.min(width, LONGEST_PIECE)
  if (sum(least) > room) return null
  const widths = natural
  while (sum(widths) > room) narrow(widths, least)
  // A column whose pieces leave room at the end of every line takes only what they need.
  return columns.map((texts, index) =>
    Math.max(...texts.flatMap((text) => wrap(text, widths[index] ?? 0)).map(stringWidth)),
  )
}

/** Takes one from the widest column that has more than its least. */
function narrow(widths: number[], least: readonly number[]): void {
  let widest = -1
  for (const [index, width] of widths.entries()) {
    if (width > (least[index] ?? 0) && width > (widths[widest] ?? 0)) widest = index
  }
  widths[widest] = (widths[widest] ?? 0) - 1
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)

/** A text cut where a line may end: after spaces, and after `.`, `_`, `-` and `/` before a letter, as names have them. */
function pieces(text: string): string[] {
  if (/^(req-)?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)) return [text]
  return text.split(/(?<= )(?! )|(?<=[._/-])(?=\p{L})/u)
}

/** A text in lines of at most `width` columns. */
export function wrap(text: string, width: number): string[] {
  if (stringWidth(text) <= width) return [text]
  const lines: string[] = []
  let line = ''
  const add = (part: string) => {
    if (line !== '' && stringWidth(`${line}${part}`.trimEnd()) > width) {
      lines.push(line.trimEnd())
      line = ''
    }
    line += part
  }
  for (const piece of pieces(text)) {
    if (stringWidth(piece.trimEnd()) <= width) add(piece)
    else for (const { segment } of graphemes.segment(piece)) add(segment)
  }
  return [...lines, line.trimEnd()]
}

/** A text in the middle of `width` columns; an odd space stands where PrettyTable puts it. */
export function centre(text: string, width: number): string {
  const own = stringWidth(text)
  const spare = Math.max(0, width - own)
  const before = spare % 2 === 1 && own % 2 === 0 ? (spare + 1) / 2 : Math.floor(spare / 2)
  return `${' '.repeat(before)}${text}${' '.repeat(spare - before)}`
}
