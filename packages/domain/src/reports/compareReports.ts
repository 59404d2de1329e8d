/** A number that differs between two reports; null where a report does not have it. */
export interface ChangedNumber {
  name: string
  before: number | null
  after: number | null
}

/** Members of the metadata that name the period: they always differ. */
const periodMembers = new Set(['start', 'end', 'hours'])

/**
 * Compares the numbers of two reports of the same name by their place: members of objects by their names, and rows of a
 * table with a header by their first texts. Lists of single failures are not compared.
 *
 * @returns the numbers that differ, in the order of the later report
 */
export function compareReports(before: unknown, after: unknown): ChangedNumber[] {
  const [old, current] = [numbersOf(before), numbersOf(after)]
  const names = new Set([...current.keys(), ...old.keys()])
  return [...names].flatMap((name) => {
    const [was = null, is = null] = [old.get(name), current.get(name)]
    return was === is ? [] : [{ name, before: was, after: is }]
  })
}

function numbersOf(report: unknown): Map<string, number> {
  const numbers = new Map<string, number>()
  const [first, head, ...rows] = Array.isArray(report) ? report : [report]
  collect([], first, numbers)
  if (Array.isArray(head)) for (const row of rows) if (Array.isArray(row)) collectRow(head, row, numbers)
  return numbers
}

function collect(path: readonly string[], value: unknown, numbers: Map<string, number>): void {
  if (typeof value === 'number' || typeof value === 'bigint') numbers.set(path.join(' '), Number(value))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  for (const [name, member] of Object.entries(value)) {
    if (path.length > 0 || !periodMembers.has(name)) collect([...path, name], member, numbers)
  }
}

/** The texts before a row's first number name it. */
function collectRow(head: readonly unknown[], row: readonly unknown[], numbers: Map<string, number>): void {
  const firstNumber = row.findIndex((cell) => typeof cell === 'number')
  const isDuration = (cell: unknown) => typeof cell === 'string' && /^[\d:]+s?$/.test(cell)
  const firstValue = row.findIndex((cell) => typeof cell === 'number' || isDuration(cell))
  if (firstNumber < 0 || firstValue < 1) return
  const name = row.slice(0, firstValue).map(String).join(' ')
  row.forEach((cell, index) => {
    if (typeof cell === 'number') numbers.set(`${name} ${String(head[index] ?? index)}`, cell)
  })
}
