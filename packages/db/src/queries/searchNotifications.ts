import { ALL_TIME, type Service, type TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { opaqueToPlanner } from '../sql/opaqueToPlanner.ts'
import { type ListedNotification, listedColumns, notificationTable } from './listedNotification.ts'
import { notificationIdSpan, notificationSpan } from './notificationSpan.ts'
import { Parameters } from './parameters.ts'
import { overlap, type Page } from './period.ts'
import type { SearchField, SearchLookup } from './searchFields.ts'

export interface SearchCondition {
  field: SearchField
  lookup: SearchLookup
  /** Matches the field's type: text, integer, or instant in microseconds. */
  value: string | bigint | number
}

export interface Search extends Page {
  service: Service
  condition: SearchCondition
  period: TimePeriod
}

/** Whether no index supports the condition, so that the search scans rows, newest first. */
export function isScan({ field, lookup }: SearchCondition): boolean {
  if (field.by === 'time') return false
  return lookup !== 'exact' || field.by === 'nothing' || field.by === 'deployment name'
}

/** A service's notifications that match the condition, newest first. */
export async function searchNotifications(db: Database, search: Search): Promise<ListedNotification[]> {
  const { service, condition, limit, offset } = search
  const span = await spanOf(db, service, condition)
  if (span === null) return []
  const { from, until } = overlap(search.period, span)
  const parameters = new Parameters()
  const test = await testOf(db, condition, parameters)
  if (test === null) return []
  const { rows } = await db.pool.query<ListedNotification>(
    // The listed columns are computed only for the rows of the page, not for those skipped by the offset.
    `select ${listedColumns(service)}
       from (select * from ${notificationTable[service]} n
              where ${isScan(condition) ? opaqueToPlanner(test) : test}
                and n."when" >= ${parameters.bind(from)} and n."when" < ${parameters.bind(until)}
              order by n."when" desc, n.id desc limit ${parameters.bind(limit)} offset ${parameters.bind(offset)}) n
      order by n."when" desc, n.id desc`,
    parameters.values,
  )
  return rows
}

/** The period that can contain matches; null if there are none. */
async function spanOf(
  db: Database,
  service: Service,
  { field, lookup, value }: SearchCondition,
): Promise<TimePeriod | null> {
  if (lookup !== 'exact') return ALL_TIME
  switch (field.by) {
    case 'id':
      return notificationIdSpan(db, service, BigInt(value))
    case 'instance':
    case 'request':
    case 'image':
      return notificationSpan(db, service, field.by, String(value))
    default:
      return ALL_TIME
  }
}

const orders = { exact: '=', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

/** The condition in SQL; null if nothing can match. */
async function testOf(
  db: Database,
  { field, lookup, value }: SearchCondition,
  parameters: Parameters,
): Promise<string | null> {
  if (field.by === 'deployment name') {
    const ids = await deploymentsNamed(db, lookup, value)
    return ids.length === 0 ? null : `${field.column} = any(${parameters.bind(ids)}::int[])`
  }
  const placeholder = parameters.bind(value)
  if (field.type === 'text') {
    const test = textTest(field.column, lookup, placeholder)
    return field.by === 'identity' && lookup === 'exact' ? `dedup_key = ${placeholder}::text and ${test}` : test
  }
  return lookup in orders ? `${field.column} ${orders[lookup as keyof typeof orders]} ${placeholder}::bigint` : null
}

async function deploymentsNamed(
  db: Database,
  lookup: SearchLookup,
  value: SearchCondition['value'],
): Promise<number[]> {
  const { rows } = await db.pool.query<{ id: number }>(
    `select id from deployment where ${textTest('name', lookup, '$1')}`,
    [value],
  )
  return rows.map(({ id }) => id)
}

/** Case-sensitive; the value contains no wildcards or escapes. */
function textTest(column: string, lookup: SearchLookup, placeholder: string): string {
  const value = `${placeholder}::text`
  switch (lookup) {
    case 'contains':
      return `strpos(${column}, ${value}) > 0`
    case 'startswith':
      return `starts_with(${column}, ${value})`
    case 'endswith':
      return `right(${column}, length(${value})) = ${value}`
    default:
      return `${column} = ${value}`
  }
}
