import { endpoints } from '../endpoints/index.ts'

const paths = endpoints
  .map(({ path }) => path)
  .sort((a, b) => b.split('/').length - a.split('/').length || Number(a.includes(':')) - Number(b.includes(':')))

/** The endpoint of a path below /stacky/, or `(none)`. */
export function endpointOf(path: string): string {
  const [pathname = ''] = path.split('?')
  const endpoint = paths.find((pattern) => new RegExp(`^${pattern.replace(/:\w+/, '[^/]*')}/?$`).test(pathname))
  return endpoint ?? '(none)'
}

/** Counts the answers, errors and cells that a test compared, by endpoint. */
export class Tally {
  readonly #counts = new Map<string, { answers: number; errors: number; cells: number }>()

  add(path: string, status: number, body: unknown): void {
    const endpoint = endpointOf(path)
    const counts = this.#counts.get(endpoint) ?? { answers: 0, errors: 0, cells: 0 }
    if (status === 200) counts.answers++
    else counts.errors++
    counts.cells += cells(body)
    this.#counts.set(endpoint, counts)
  }

  /** A table with one line per endpoint and a total. */
  toString(): string {
    const rows = [...paths, '(none)'].sort().map((endpoint) => {
      const { answers = 0, errors = 0, cells = 0 } = this.#counts.get(endpoint) ?? {}
      return [endpoint, answers, errors, cells] as const
    })
    const sum = (column: 1 | 2 | 3) => rows.reduce((total, row) => total + row[column], 0)
    const line = (...[name, ...numbers]: readonly [string, ...(number | string)[]]) =>
      `${name.padEnd(16)}${numbers.map((number) => String(number).padStart(9)).join('')}\n`
    return [
      line('endpoint', 'answers', 'errors', 'cells'),
      ...rows.map((row) => line(...row)),
      line('all', sum(1), sum(2), sum(3)),
    ].join('')
  }
}

/** Counts the values in nested arrays. */
function cells(body: unknown): number {
  return Array.isArray(body) ? body.reduce((sum: number, part) => sum + cells(part), 0) : 1
}
