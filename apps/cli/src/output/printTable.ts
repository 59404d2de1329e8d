import CliTable from 'cli-table3'
import { escapeControlCharacters } from './escapeControlCharacters.ts'

/** Longer tables are cut: cli-table3's layout takes quadratic time. */
const MAX_TABLE_ROWS = 1_000

export interface TextTable {
  head: readonly string[]
  /** null and undefined are empty cells. */
  rows: readonly (readonly unknown[])[]
}

/** Prints a table on standard output. */
export function printTable(table: TextTable): void {
  process.stdout.write(formatTable(table))
}

/** Formats a table as text. A table that is too long ends with the number of rows left out. */
export function formatTable({ head, rows }: TextTable): string {
  const table = new CliTable({ head: [...head], style: { head: [], border: [], compact: true } })
  for (const row of rows.slice(0, MAX_TABLE_ROWS)) {
    table.push(row.map((cell) => (cell === null || cell === undefined ? '' : escapeControlCharacters(String(cell)))))
  }
  const omitted = rows.length - MAX_TABLE_ROWS
  const note = omitted > 0 ? `… ${omitted.toLocaleString('en-US')} more rows: use --json for all of them\n` : ''
  return `${table.toString()}\n${note}`
}
