import { type Failure, HOUR, type Instant, type TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import type { TimeCursor } from './operations.ts'
import { Parameters } from './parameters.ts'

/** What failures can be grouped by. `event` is the name of the operation. */
export const failureKeys = ['event', 'error', 'host', 'flavor', 'image'] as const
export type FailureKey = (typeof failureKeys)[number]

const columns = { event: 'name', error: 'error', host: 'host', flavor: 'flavor', image: 'image' } as const

/** The columns that operations have, too: their operations can be counted. */
const operationKeys: readonly FailureKey[] = ['event', 'host', 'flavor']

/** Conditions of failures; undefined matches all, null those without a value. */
export interface FailureFilter {
  period: TimePeriod
  deployment?: string | undefined
  /** The operation. */
  name?: string | undefined
  error?: string | undefined
  host?: string | null | undefined
  flavor?: string | null | undefined
  image?: string | null | undefined
  instance?: string | undefined
}

export interface FailureGroup {
  /** The values of the keys it is grouped by. */
  key: Partial<Record<FailureKey, string | null>>
  count: number
  first: Instant
  last: Instant
  /** Number of instances. */
  instances: number
  /**
   * All operations of the period with the same event, host and flavor (as far as the key has them), failed or not, by their
   * last host; null if the key has none of these, or if they were not counted. Operations that began before the period are not
   * among them.
   */
  attempts: number | null
}

export interface FailureGrouping extends FailureFilter {
  by: readonly FailureKey[]
  /** Whether the attempts are counted, too, which reads all operations of the period. */
  withAttempts?: boolean
  limit: number
}

/** Groups the failures of a period, the largest groups first. */
export async function failureGroups(
  { pool }: Database,
  { by, withAttempts = true, limit, ...filter }: FailureGrouping,
): Promise<FailureGroup[]> {
  const parameters = new Parameters()
  const keys = failureKeys.filter((key) => by.includes(key))
  const names = keys.map((key) => columns[key])
  const shared = withAttempts ? keys.filter((key) => operationKeys.includes(key)).map((key) => columns[key]) : []
  const grouped = names.length === 0 ? '' : `group by ${names.join(', ')}`
  const order = (row = '') =>
    [`${row}count desc`, ...names.map((name) => `${row}${name} collate "C" nulls first`)].join(', ')
  const groups = `
    select ${[...names, 'count(*) as count', 'min("when") as first', 'max("when") as last'].join(', ')},
           count(distinct instance) as instances
      from failure where ${conditionsOf(filter, parameters).join(' and ')} ${grouped} having count(*) > 0
     order by ${order()} limit ${parameters.bind(limit)}`
  const sql = shared.length === 0 ? groups : joinAttempts(groups, shared, order('g.'), filter, parameters)
  const { rows } = await pool.query<Record<string, string | number | null>>(sql, parameters.values)
  return rows.map((row) => ({
    key: Object.fromEntries(keys.map((key) => [key, textOrNull(row[columns[key]])])),
    count: Number(row.count),
    first: Number(row.first),
    last: Number(row.last),
    instances: Number(row.instances),
    attempts: shared.length === 0 ? null : Number(row.attempts),
  }))
}

/** The groups with the number of operations of each. */
function joinAttempts(
  groups: string,
  shared: readonly string[],
  order: string,
  filter: FailureFilter,
  parameters: Parameters,
): string {
  // Not known of operations that did not fail, or not in the index of operations.
  const { error: _, image: __, instance: ___, ...attempted } = filter
  return `
    with g as materialized (${groups}), a as materialized (
      select ${shared.join(', ')}, count(*) as attempts from operation
       where ${conditionsOf(attempted, parameters).join(' and ')} group by ${shared.join(', ')})
    select g.*, coalesce(a.attempts, 0) as attempts
      from g left join a on ${shared.map((name) => `a.${name} is not distinct from g.${name}`).join(' and ')}
     order by ${order}`
}

function textOrNull(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value)
}

function conditionsOf(filter: FailureFilter, parameters: Parameters): string[] {
  const { period, deployment, ...values } = filter
  const conditions = [`"when" >= ${parameters.bind(period.from)}`, `"when" < ${parameters.bind(period.until)}`]
  if (deployment !== undefined) {
    conditions.push(`deployment_id = (select id from deployment where name = ${parameters.bind(deployment)})`)
  }
  for (const column of ['name', 'error', 'host', 'flavor', 'image', 'instance'] as const) {
    const value = values[column]
    if (value === null) conditions.push(`${column} is null`)
    else if (value !== undefined) conditions.push(`${column} = ${parameters.bind(value)}`)
  }
  return conditions
}

export interface HourlyFailures {
  /** Start of the hour. */
  hour: Instant
  count: number
}

/** The number of failures in each hour that has one, oldest first. */
export async function failuresByHour({ pool }: Database, filter: FailureFilter): Promise<HourlyFailures[]> {
  const parameters = new Parameters()
  const conditions = conditionsOf(filter, parameters).join(' and ')
  const { rows } = await pool.query<HourlyFailures>(
    `select "when" - "when" % ${HOUR} as hour, count(*) as count from failure where ${conditions} group by 1 order by 1`,
    parameters.values,
  )
  return rows
}

/** A stored failure, with its row id and the name of its deployment. */
export interface StoredFailure extends Failure {
  id: number
  deployment: string | null
}

export interface FailureSearch extends FailureFilter {
  /** Only failures before this one. */
  before?: TimeCursor | undefined
  limit: number
}

/** Failures of a period, newest first. */
export async function listFailures(
  { pool }: Database,
  { before, limit, ...filter }: FailureSearch,
): Promise<StoredFailure[]> {
  const parameters = new Parameters()
  const conditions = conditionsOf(filter, parameters)
  if (before !== undefined) {
    conditions.push(`("when", id) < (${parameters.bind(before.when)}::bigint, ${parameters.bind(before.id)}::bigint)`)
  }
  const { rows } = await pool.query<StoredFailure>(
    `select f.id, f.notification_id as "notificationId", f."when", f.instance, f.request_id as "requestId", f.name, f.error,
            f.host, f.flavor, f.image, f.tenant, f.deployment_id as "deploymentId", d.name as deployment
       from (select * from failure where ${conditions.join(' and ')}
              order by "when" desc, id desc limit ${parameters.bind(limit)}) f
       left join deployment d on d.id = f.deployment_id
      order by f."when" desc, f.id desc`,
    parameters.values,
  )
  return rows
}

/** The names of the operations that have failed, by a loose index scan: its cost depends on the number of names only. */
export async function failedNames({ pool }: Database): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `with recursive scan as (
       (select name from failure order by name limit 1)
       union all
       select (select f.name from failure f where f.name > scan.name order by f.name limit 1) from scan where scan.name is not null
     ) select name from scan where name is not null`,
  )
  return rows.map(({ name }) => name)
}
