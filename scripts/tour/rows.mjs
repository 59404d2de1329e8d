/** Cells of a table as stacky prints it, without its header; no cell of the simulated cloud has a bar. */
export function rowsOf(output) {
  const lines = output.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(1).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  )
}

/**
 * The first row that is as wanted.
 * @param {string} output
 * @param {(row: string[]) => boolean} wanted
 * @returns {string[]}
 */
export function rowWhere(output, wanted = () => true) {
  const row = rowsOf(output).find(wanted)
  if (row === undefined) throw new Error(`no such row in:\n${output}`)
  return row
}
