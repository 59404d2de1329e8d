/**
 * The status as an aligned table.
 * @param {import('./status.mjs').ServerStatus[]} servers
 * @returns {string}
 */
export function statusTable(servers) {
  const rows = [
    ['server', 'how', 'address', 'state'],
    ...servers.map(({ server, how, address, up }) => [server, how, address, up ? 'up' : 'down']),
  ]
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join('  '))
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

/**
 * Variables as commands for a POSIX shell to evaluate.
 * @param {Record<string, string>} env
 * @returns {string}
 */
export function shellExports(env) {
  const lines = Object.entries(env).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
  return lines.join('')
}
