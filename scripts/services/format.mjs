/**
 * The status as an aligned table.
 * @param {import('./status.mjs').ServerStatus[]} servers
 * @returns {string}
 */
export function statusTable(servers) {
  const header = ['server', 'how', 'address', 'state']
  const rows = [header, ...servers.map(({ server, how, address, up }) => [server, how, address, up ? 'up' : 'down'])]
  const widths = header.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`
}

/**
 * Variables as export commands for a POSIX shell.
 * @param {Record<string, string>} env
 * @returns {string}
 */
export function shellExports(env) {
  const lines = Object.entries(env).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'\n`)
  return lines.join('')
}
