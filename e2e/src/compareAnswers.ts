import { expect } from '@jest/globals'
import type { Answers, Row } from './everyAnswer.ts'

/** Names of events and timings in the answers about a cloud. */
export interface Names {
  /** Nova's events. */
  events: ReadonlySet<string>
  /** Names of timings: events without their last part. */
  timings: ReadonlySet<string>
}

/** All names in the answers. */
export function namesIn(answers: Answers): Names {
  const timings = [...answers].flatMap(([path, rows]) => (path.startsWith('timings/uuid?') ? column(rows, 1) : []))
  return { events: new Set(column(answers.get('events?service=nova') ?? [], 0)), timings: new Set(timings) }
}

function column(rows: readonly Row[], index: number): string[] {
  return rows.slice(1).map((row) => String(row[index]))
}

/** Names in `names` but not in `others`, sorted. */
export function namesOnlyIn(names: Names, others: Names): { events: string[]; timings: string[] } {
  return {
    events: [...names.events].filter((name) => !others.events.has(name)).sort(),
    timings: [...names.timings].filter((name) => !others.timings.has(name)).sort(),
  }
}

/** Names in both. */
export function commonNames(a: Names, b: Names): Names {
  const inBoth = (key: keyof Names) => new Set([...a[key]].filter((name) => b[key].has(name)))
  return { events: inBoth('events'), timings: inBoth('timings') }
}

/** Columns with the name of an event or a timing, by path. */
const nameColumns: readonly [path: RegExp, kind: keyof Names, column: number][] = [
  [/^events\?service=(?:nova|all)/, 'events', 0],
  [/^watch\/0\?.*service=nova/, 'events', 5],
  [/^(?:uuid\?uuid|request|search\?(?!service=(?:glance|generic)))/, 'events', 4],
  [/^timings\/uuid/, 'timings', 1],
  [/^(?:summary|kpi)/, 'timings', 0],
]
const namedPath = /^search\?service=nova&field=event&value=(.*)|^timings\?name=(.*)/

/**
 * The rows of the answers that are about these names. Two values that differ between runs are masked: the ids of the
 * deployments and the width of the longest event.
 */
export function answersAbout(names: Names, answers: Answers): Map<string, readonly Row[]> {
  const selected = new Map<string, readonly Row[]>()
  const glance = new Set(column(answers.get('events?service=glance') ?? [], 0))
  for (const [path, [header, ...rows]] of answers) {
    const [, event, timing] = namedPath.exec(path) ?? []
    if ((event && !names.events.has(event)) || (timing && !names.timings.has(timing))) continue
    const [, kind, index] = nameColumns.find(([pattern]) => pattern.test(path)) ?? []
    const matching = rows.filter(
      (row) => kind === undefined || names[kind].has(String(row[index ?? 0])) || glance.has(String(row[0])),
    )
    // None of the names occurs in this request or tenant.
    if (/^(?:request\?|kpi\/|search\?field=tenant)/.test(path) && matching.length === 0) continue
    const maskedHeader = path.startsWith('watch/') ? header?.with(4, 'longest event') : header
    const all = maskedHeader === undefined ? [] : [maskedHeader, ...matching]
    selected.set(path, path === 'deployments' ? all.map(([, name]) => [name]) : all)
  }
  return selected
}

/** Maps all rows except the header in the answers whose path matches; null drops a row. */
export function mapRows(
  answers: ReadonlyMap<string, readonly Row[]>,
  pattern: RegExp,
  change: (row: Row) => Row | null,
): Map<string, readonly Row[]> {
  const mapAll = ([header, ...rows]: readonly Row[]): Row[] =>
    header === undefined ? [] : [header, ...rows.map(change).filter((row) => row !== null)]
  return new Map([...answers].map(([path, rows]) => [path, pattern.test(path) ? mapAll(rows) : rows]))
}

/** The answers without message ids, which differ between the formats. */
export function withoutMessageIds(answers: ReadonlyMap<string, readonly Row[]>): Map<string, readonly Row[]> {
  const withoutIds = mapRows(answers, /^(?:watch|uuid|request|search)/, ([, ...row]) => row)
  return mapRows(withoutIds, /^usage\/exists/, (row) => row.with(5, ''))
}

/** The sort column of the lists that break ties by the id of an aggregate. */
const orders: readonly [path: RegExp, column: number][] = [
  [/^(?:timings\?|kpi)/, 1],
  [/^usage\/launches/, 1],
  [/^usage\/deletes/, 2],
]

/** The rows, with ties in an order that is the same in every run. */
function withSortedTies(path: string, [header, ...rows]: readonly Row[]): readonly Row[] {
  const [, sortColumn] = orders.find(([pattern]) => pattern.test(path)) ?? []
  if (sortColumn === undefined || header === undefined) return header === undefined ? [] : [header, ...rows]
  const groups: Row[][] = []
  for (const row of rows) {
    const last = groups.at(-1)
    if (last?.[0]?.[sortColumn] === row[sortColumn]) last?.push(row)
    else groups.push([row])
  }
  const text = (row: Row) => JSON.stringify(row)
  return [header, ...groups.flatMap((group) => group.sort((a, b) => (text(a) < text(b) ? -1 : 1)))]
}

/** Compares all answers cell by cell, and returns their number in words. */
export function expectEqual(
  actual: ReadonlyMap<string, readonly Row[]>,
  expected: ReadonlyMap<string, readonly Row[]>,
): string {
  expect([...actual.keys()].sort()).toEqual([...expected.keys()].sort())
  let cells = 0
  for (const [path, rows] of expected) {
    expect({ path, rows: withSortedTies(path, actual.get(path) ?? []) }).toEqual({
      path,
      rows: withSortedTies(path, rows),
    })
    cells += rows.flat().length
  }
  return `${expected.size} answers, ${cells} cells`
}
