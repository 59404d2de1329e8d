import { stringifyJson } from '@stacktach/domain'
import type { TextTable } from '../../output/printTable.ts'

/** Converts a report's JSON of any shape to tables: single values with their names, lists with their headers. */
export function reportTables(json: unknown): TextTable[] {
  const values: unknown[][] = []
  const tables: TextTable[] = []
  const list = Array.isArray(json) ? splitList(json) : { metadata: json, tables: [] }
  collect('', list.metadata, values, tables)
  return [...(values.length > 0 ? [{ head: ['', 'Value'], rows: values }] : []), ...tables, ...list.tables]
}

/** Splits a report that is a list: metadata first, then a header and rows, or objects. */
function splitList(json: readonly unknown[]): { metadata: unknown; tables: TextTable[] } {
  const [metadata, ...rest] = json
  const [header, ...rows] = rest
  if (Array.isArray(header)) {
    return { metadata, tables: [{ head: header.map(String), rows: rows.filter(Array.isArray) }] }
  }
  const objects = rest.filter(isObject)
  const head = [...new Set(objects.flatMap((object) => Object.keys(object)))].filter((key) => key !== 'details')
  const table = { head, rows: objects.map((object) => head.map((key) => cellValue(object[key]))) }
  return { metadata, tables: objects.length > 0 ? [table] : [] }
}

/** Collects single values and tables of an object, recursively; `x_headers` is the head of the table `xs`. */
function collect(path: string, value: unknown, values: unknown[][], tables: TextTable[]): void {
  if (!isObject(value)) {
    values.push([path, cellValue(value)])
    return
  }
  for (const [key, member] of Object.entries(value)) {
    const name = path === '' ? key : `${path} ${key}`
    const head = value[key.replace(/s$/, '_headers')]
    if (key.endsWith('_headers')) continue
    if (Array.isArray(member) && Array.isArray(head) && head !== member) {
      tables.push({ head: head.map(String), rows: member.filter(Array.isArray) })
    } else collect(name, member, values, tables)
  }
}

function cellValue(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? stringifyJson(value) : value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
