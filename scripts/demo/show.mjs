/** Rows of a table shown at most. */
const ROWS = 8

/**
 * Prints an answer of the API as a table: the tabular ones as they are, `show` and `watch` by their rows.
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
  for (const row of rest.slice(0, ROWS)) table.push(row.map((cell) => (cell === null ? '' : String(cell))))
  process.stdout.write(`${table.toString()}\n`)
  if (rest.length > ROWS) process.stdout.write(`… ${rest.length} rows in all\n`)
}

/** The rows of an answer with its header, null when it is no table. */
export function tabular(body) {
  if (!Array.isArray(body)) return null
  if (body.length === 3 && Array.isArray(body[0]) && Array.isArray(body[0][0])) return body[0]
  if (body.length === 3 && typeof body[2] === 'string' && Array.isArray(body[1])) {
    return [['#', '?', 'Date', 'Time', 'Deployment', 'Event', 'UUID'], ...body[1]]
  }
  return body.every(Array.isArray) ? body : null
}
