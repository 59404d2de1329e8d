import { type Instant, SECOND } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { Parameters } from '../queries/parameters.ts'
import { type UsageColumn, type UsageList, type UsageListName, usageList } from './usageLists.ts'

/** A bound of a column, inclusive. */
export interface UsageBound {
  /** A column of the list, or `received` of exists. */
  field: string
  bound: 'min' | 'max'
  instant: Instant
}

/** Selects rows of a list; undefined selects all. */
export interface UsageFilter {
  instance?: string | undefined
  tenant?: string | undefined
  /** As shown: `sent_failed` is a failed exists that was repaired. */
  status?: string | undefined
  /** As shown: the billing system's, else the broker's. */
  sendStatus?: number | undefined
  /** Name of the deployment. */
  deployment?: string | undefined
  bounds: readonly UsageBound[]
}

export interface UsagePage {
  /** A column of the list. */
  orderBy: string
  descending: boolean
  limit: number
  offset: number
  /** Only rows that follow the row with this id; the order is by id then. */
  after?: bigint | undefined
}

/** A row of a list: each column of the list by its name; bytes as digits. */
export type UsageRow = Record<string, string | number | null>

/**
 * Reads a page of a list. Rows without a value are last when descending and first when ascending, as in MySQL; rows with
 * the same value are in the order of their ids.
 */
export async function listUsage(
  { pool }: Database,
  name: UsageListName,
  filter: UsageFilter,
  page: UsagePage,
): Promise<UsageRow[]> {
  const list = usageList(name)
  const column = list.columns[page.orderBy]
  if (column === undefined) throw new RangeError(`${name} has no column ${page.orderBy}`)
  const parameters = new Parameters()
  const conditions = conditionsOf(list, filter, parameters)
  if (page.after !== undefined) {
    conditions.push(`e.id ${page.descending ? '<' : '>'} ${parameters.bind(page.after)}::bigint`)
  }
  const limit = parameters.bind(page.limit)
  const offset = parameters.bind(page.offset)
  const direction = page.descending ? 'desc' : 'asc'
  const hasIndexedBound = filter.bounds.some(({ field }) => list.indexed.includes(field))
  // PostgreSQL reads nulls from the other end of an index: rows without a value are a scan of their own.
  const scan = (part: number, isNull: boolean | null) => {
    const hasValue = isNull === null ? [] : [`${column.sql} is ${isNull ? '' : 'not '}null`]
    // Also among nulls, so that the index of the column has them in this order.
    const order = page.orderBy === 'id' ? [] : [`${column.sql} ${direction}`]
    // The rows of a period are found by the index of its column and sorted by id, which no index has in this order.
    const id = page.orderBy === 'id' && hasIndexedBound && page.after === undefined ? 'e.id + 0' : 'e.id'
    return `(select e.id, ${column.sql} as value, ${part} as part from ${list.table} e ${where([...hasValue, ...conditions])}
              order by ${[...order, `${id} ${direction}`].join(', ')} limit ${limit}::bigint + ${offset}::bigint)`
  }
  const scans = column.nullable
    ? [scan(page.descending ? 0 : 1, false), scan(page.descending ? 1 : 0, true)]
    : [scan(0, null)]
  const order = ['part', `value ${direction}`, `id ${direction}`].join(', ')
  const { rows } = await pool.query<UsageRow>(
    `select ${selected(list)}
       from (select * from (${scans.join(' union all ')}) as scanned
              order by ${order} limit ${limit} offset ${offset}) as page
       cross join lateral (
         -- The limit makes this an index look-up per row instead of a scan of the table.
         select * from ${list.table} where id = page.id limit 1
       ) as e
      order by page.part, page.value ${direction}, page.id ${direction}`,
    parameters.values,
  )
  return rows
}

/** Reads the row with an id; null if there is none. */
export async function usageById({ pool }: Database, name: UsageListName, id: bigint): Promise<UsageRow | null> {
  const list = usageList(name)
  const { rows } = await pool.query<UsageRow>(`select ${selected(list)} from ${list.table} e where e.id = $1`, [id])
  return rows[0] ?? null
}

export interface UsageStatistic {
  status: string
  sendStatus: number
  count: number
}

/** Counts exists by status and send status. Without a filter it reads the whole table. */
export async function usageStatistics(
  { pool }: Database,
  name: 'novaExists' | 'glanceExists',
  filter: UsageFilter,
): Promise<UsageStatistic[]> {
  const list = usageList(name)
  const parameters = new Parameters()
  const { rows } = await pool.query<UsageStatistic>(
    `select ${list.columns.status?.sql} as status, ${list.columns.send_status?.sql} as "sendStatus", count(*) as count
       from ${list.table} e ${where(conditionsOf(list, filter, parameters))}
      group by 1, 2 order by 1, 2`,
    parameters.values,
  )
  return rows
}

function conditionsOf(list: UsageList, filter: UsageFilter, parameters: Parameters): string[] {
  // A number of a request can exceed the column's type.
  const equal = (sql: string | undefined, value: string | number | undefined) =>
    sql === undefined || value === undefined
      ? []
      : [`${sql} = ${parameters.bind(value)}${typeof value === 'number' ? '::bigint' : ''}`]
  const { columns } = list
  return [
    ...(list.where === null ? [] : [list.where]),
    ...equal('e.instance', filter.instance),
    ...equal(list.tenant === null ? undefined : `e.${list.tenant}`, filter.tenant),
    ...equal(columns.status?.sql, filter.status),
    ...equal(columns.send_status?.sql, filter.sendStatus),
    ...(filter.deployment === undefined
      ? []
      : [`e.deployment_id = (select id from deployment where name = ${parameters.bind(filter.deployment)})`]),
    ...filter.bounds.flatMap(({ field, bound, instant }) => {
      const column = columns[field]
      return column === undefined ? [] : [boundCondition(column, bound === 'min' ? '>=' : '<=', instant, parameters)]
    }),
  ]
}

/** A column without times is compared with Unix seconds, as MySQL does it in StackTach: text counts as its leading number. */
function boundCondition(
  { sql, type }: UsageColumn,
  operator: string,
  instant: Instant,
  parameters: Parameters,
): string {
  if (type === 'time') return `${sql} ${operator} ${parameters.bind(instant)}::bigint`
  const number = type === 'text' ? `coalesce(substring(${sql} from '^\\s*([-+]?\\d+(?:\\.\\d+)?)')::numeric, 0)` : sql
  const compared = `${number} ${operator} ${parameters.bind(String(instant / SECOND))}::numeric`
  return type === 'text' ? `(${sql} is not null and ${compared})` : compared
}

function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`
}

function selected({ columns }: UsageList): string {
  return Object.entries(columns)
    .map(([name, { sql, type }]) => `${type === 'bytes' ? `(${sql})::text` : sql} as "${name}"`)
    .join(', ')
}
