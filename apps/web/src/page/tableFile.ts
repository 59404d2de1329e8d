import { csvLine } from '@stacktach/http'
import type { Download } from './defineDownload.ts'

/** A cell of a table that can be downloaded. */
export type FileCell = string | number | null

/** The formats of a table. */
export const tableFormats = ['csv', 'json'] as const

export type TableFormat = (typeof tableFormats)[number]

/**
 * A table as a download, in batches of rows: CSV with a header, or a JSON array of objects.
 *
 * @param name of the file, without its extension; other characters than letters, digits, dots and dashes become dashes
 */
export function tableFile(
  format: TableFormat,
  name: string,
  columns: readonly string[],
  batches: AsyncIterable<readonly (readonly FileCell[])[]>,
): Download {
  const filename = `${name.replaceAll(/[^\w.-]+/g, '-').slice(0, 120)}.${format}`
  return format === 'csv'
    ? { filename, type: 'text/csv; charset=utf-8; header=present', parts: csvParts(columns, batches) }
    : { filename, type: 'application/json; charset=utf-8', parts: jsonParts(columns, batches) }
}

async function* csvParts(
  columns: readonly string[],
  batches: AsyncIterable<readonly (readonly FileCell[])[]>,
): AsyncGenerator<string> {
  let head = csvLine(columns)
  for await (const rows of batches) {
    yield head + rows.map(csvLine).join('')
    head = ''
  }
  if (head !== '') yield head
}

async function* jsonParts(
  columns: readonly string[],
  batches: AsyncIterable<readonly (readonly FileCell[])[]>,
): AsyncGenerator<string> {
  let separator = '[\n'
  for await (const rows of batches) {
    if (rows.length === 0) continue
    const objects = rows.map((row) =>
      JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, row[index] ?? null]))),
    )
    yield separator + objects.join(',\n')
    separator = ',\n'
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}
