import type { StoredReport } from '@stacktach/db'
import { formatInstant, parseJson, stringifyJson } from '@stacktach/domain'
import { printTable } from '../output.ts'

/** A report with what it was made from, for scripts. */
export function describeReport(report: StoredReport) {
  return {
    id: report.id,
    name: report.name,
    version: report.version,
    region: report.region,
    period_start: formatInstant(report.periodStart),
    period_end: formatInstant(report.periodEnd),
    created: formatInstant(report.createdAt),
    json: parseJson(report.json),
  }
}

/** Prints a report for people: what it was made from on standard error, what it says as tables on standard output. */
export function printReport(report: StoredReport): void {
  const { id, name, version, region, period_start, period_end, created, json } = describeReport(report)
  const where = region === '' ? '' : `, ${region}`
  console.error(`report ${id}: ${name} ${version}${where}, ${period_start} to ${period_end}, made ${created}`)
  for (const { head, rows } of tablesOf(json)) printTable(head, rows)
}

interface Table {
  head: string[]
  rows: unknown[][]
}

/** The tables a report comes to, whatever its shape: single values by their names, lists below their headers. */
export function tablesOf(json: unknown): Table[] {
  const values: unknown[][] = []
  const tables: Table[] = []
  const lists = Array.isArray(json) ? split(json) : { single: json, tables: [] }
  gather('', lists.single, values, tables)
  return [...(values.length > 0 ? [{ head: ['', 'Value'], rows: values }] : []), ...tables, ...lists.tables]
}

/** A report that is a list: first what it says of the whole, then a header and rows, or objects. */
function split(json: readonly unknown[]): { single: unknown; tables: Table[] } {
  const [single, ...rest] = json
  const [header, ...rows] = rest
  if (Array.isArray(header)) return { single, tables: [{ head: header.map(String), rows: rows.filter(Array.isArray) }] }
  const objects = rest.filter(isObject)
  const head = [...new Set(objects.flatMap((object) => Object.keys(object)))].filter((key) => key !== 'details')
  const table = { head, rows: objects.map((object) => head.map((key) => cell(object[key]))) }
  return { single, tables: objects.length > 0 ? [table] : [] }
}

/** Takes an object apart; `x_headers` beside `xs` is the head of a table. */
function gather(path: string, value: unknown, values: unknown[][], tables: Table[]): void {
  if (!isObject(value)) {
    values.push([path, cell(value)])
    return
  }
  for (const [key, found] of Object.entries(value)) {
    const name = path === '' ? key : `${path} ${key}`
    const head = value[key.replace(/s$/, '_headers')]
    if (key.endsWith('_headers')) continue
    if (Array.isArray(found) && Array.isArray(head) && head !== found) {
      tables.push({ head: head.map(String), rows: found.filter(Array.isArray) })
    } else gather(name, found, values, tables)
  }
}

function cell(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? stringifyJson(value) : value
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
