/** The most rows that are printed of a table. */
const MAX_ROWS = 8

/**
 * @typedef {(string | number | null)[]} Row
 * @typedef {[columns: unknown, rows: Row[], next: string]} WatchAnswer
 */

/**
 * Prints an answer of the API as a table; one that is not tabular as JSON.
 * @param {string} title
 * @param {unknown} body
 */
export async function showAnswer(title, body) {
  const { default: Table } = await import('cli-table3')
  const rows = tabular(body)
  process.stdout.write(`\n${title}\n`)
  if (rows === null) {
    process.stdout.write(`${JSON.stringify(body, null, 2)}\n`)
    return
  }
  const [head = [], ...rest] = rows
  const table = new Table({ head: head.map(String), style: { head: [], border: [], compact: true } })
  for (const row of rest.slice(0, MAX_ROWS)) table.push(row.map((cell) => (cell === null ? '' : String(cell))))
  process.stdout.write(`${table.toString()}\n`)
  if (rest.length > MAX_ROWS) process.stdout.write(`… ${rest.length} rows in total\n`)
}

/**
 * The rows of an answer including the header; null if it is not tabular.
 * @param {unknown} body
 * @returns {Row[] | null}
 */
export function tabular(body) {
  if (!Array.isArray(body)) return null
  // `show` returns its table, the notification and the instance; `watch` its columns, rows and the next start.
  if (body.length === 3 && Array.isArray(body[0]) && Array.isArray(body[0][0])) return body[0]
  if (body.length === 3 && typeof body[2] === 'string' && Array.isArray(body[1])) {
    return [['#', '?', 'Date', 'Time', 'Deployment', 'Event', 'UUID'], ...body[1]]
  }
  return body.every(Array.isArray) ? body : null
}
