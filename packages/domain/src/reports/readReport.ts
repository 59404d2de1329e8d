import { parseJson, stringifyJson } from '../notifications/json.ts'

/** A part of a report as people read it. */
export type ReportPart =
  | { kind: 'values'; title: string; entries: [name: string, value: unknown][] }
  | { kind: 'table'; title: string; head: string[]; rows: unknown[][]; total: number }

type Json = Record<string, unknown>

/** The name of a member; other keys are data, such as the names of events. */
const MEMBER_NAME = /^[A-Za-z_]+$/

/** Counts with more names than this are a table. */
const MAX_VALUES = 16

/** Objects with the same members are columns up to this number, otherwise rows. */
const MAX_COLUMNS = 3

/**
 * Splits a report of any name into values and tables. A report is an object; or a list that begins with an object of
 * metadata, followed by a header and rows, or by objects; or a header and rows. It may be JSON in a string.
 *
 * @param maxRows of a table; `total` is the number of all its rows
 */
export function readReport(report: unknown, maxRows = Number.POSITIVE_INFINITY): ReportPart[] {
  const parts: ReportPart[] = []
  const json = typeof report === 'string' ? decoded(report) : report
  if (Array.isArray(json)) addList(json, parts)
  else addMember('', json, parts)
  return parts.map((part) => (part.kind === 'table' ? { ...part, rows: part.rows.slice(0, maxRows) } : part))
}

function decoded(text: string): unknown {
  try {
    const inner: unknown = parseJson(text)
    return typeof inner === 'object' ? inner : text
  } catch {
    return text
  }
}

function addList(list: readonly unknown[], parts: ReportPart[]): void {
  const [first] = list
  const hasMetadata = isObject(first)
  if (hasMetadata) addMember('', first, parts)
  const rest = hasMetadata ? list.slice(1) : list
  const [head, ...rows] = rest
  if (rest.length === 0) return
  if (Array.isArray(head)) parts.push(table('', head.map(String), rows.filter(Array.isArray)))
  else if (rest.every(isObject)) parts.push(objectTable('', rest))
  else addMember('', rest, parts)
}

/** Adds a member of an object, recursively. */
function addMember(title: string, value: unknown, parts: ReportPart[]): void {
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every(isObject)) parts.push(objectTable(title, value))
    else if (value.length > 0)
      parts.push(
        table(
          title,
          [title],
          value.map((item) => [cell(item)]),
        ),
      )
    return
  }
  if (!isObject(value)) {
    parts.push({ kind: 'values', title, entries: [[title, cell(value)]] })
    return
  }
  const members = Object.entries(value)
  if (title !== '' && members.length > 0 && members.every(([, member]) => isObject(member))) {
    const flat = members.map(([name, member]) => [name, flattened(member)] as const)
    if (haveSameNames(flat.map(([, member]) => member))) {
      parts.push(comparison(title, flat))
      return
    }
  }
  const single = members.filter(([name, member]) => isSingle(member) && !name.endsWith('_headers'))
  const areNames = title !== '' && single.some(([name]) => !MEMBER_NAME.test(name))
  if ((areNames || single.length > MAX_VALUES) && single.length === members.length) {
    const byCount = [...single].sort(([, a], [, b]) => Number(b) - Number(a))
    parts.push(table(title, ['', 'Count'], byCount))
  } else if (single.length > 0) {
    parts.push({ kind: 'values', title, entries: single.map(([name, member]) => [name, cell(member)]) })
  }
  for (const [name, member] of members) {
    const head = value[name.replace(/s$/, '_headers')]
    const path = title === '' ? name : `${title} ${name}`
    if (isSingle(member) || (name.endsWith('_headers') && Array.isArray(member))) continue
    if (Array.isArray(member) && Array.isArray(head) && head !== member) {
      parts.push(table(path, head.map(String), member.filter(Array.isArray)))
    } else if (isObject(member) && Object.values(member).length > 0 && Object.values(member).every(isListOfTexts)) {
      parts.push(
        table(
          path,
          ['', 'Values'],
          Object.entries(member).map(([key, texts]) => [key, listText(texts)]),
        ),
      )
    } else addMember(path, member, parts)
  }
}

/** Objects with the same members, side by side. */
function comparison(title: string, members: readonly (readonly [string, Json])[]): ReportPart {
  const names = Object.keys(members[0]?.[1] ?? {})
  if (members.length > 1 && members.length <= MAX_COLUMNS && names.length > members.length) {
    const isShown = (name: string) => !name.includes(' ') || members.some(([, member]) => member[name] !== 0)
    return table(
      title,
      ['', ...members.map(([name]) => name)],
      names.filter(isShown).map((name) => [name, ...members.map(([, member]) => member[name])]),
    )
  }
  return table(
    title,
    ['', ...names],
    members.map(([key, member]) => [key, ...names.map((name) => member[name])]),
  )
}

function objectTable(title: string, objects: readonly Json[]): ReportPart {
  const head = [...new Set(objects.flatMap((object) => Object.keys(object)))].filter((name) => name !== 'details')
  return table(
    title,
    head,
    objects.map((object) => head.map((name) => cell(object[name]))),
  )
}

function table(title: string, head: string[], rows: unknown[][]): ReportPart {
  return { kind: 'table', title, head, rows: rows.map((row) => row.map(cell)), total: rows.length }
}

/** The single values of an object, those of nested objects with the path as name. */
function flattened(value: unknown, path = ''): Json {
  if (!isObject(value)) return { [path]: cell(value) }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      Object.entries(flattened(member, path === '' ? name : `${path} ${name}`)),
    ),
  )
}

function haveSameNames(members: readonly Json[]): boolean {
  const [first = '', ...others] = members.map((member) => JSON.stringify(Object.keys(member).sort()))
  return first !== '[]' && others.every((names) => names === first)
}

function cell(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? stringifyJson(value) : value
}

function listText(texts: unknown): string {
  return Array.isArray(texts) ? texts.map(String).join(', ') : ''
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isSingle(value: unknown): boolean {
  return typeof value !== 'object' || value === null
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
