import { type Duration, type Instant, STUCK_AFTER, stuckAge } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import type { Queryable } from '../sql/transaction.ts'
import {
  operationColumns,
  type SelectedOperation,
  type StoredOperation,
  storedOperationOf,
  type TimeCursor,
} from './operations.ts'
import { Parameters } from './parameters.ts'
import { percentilesOfNames } from './timingStatistics.ts'

/** An operation that has not ended. */
export interface OpenOperation {
  operation: StoredOperation
  age: Duration
  /** 99th percentile of the finished operations of its name; null if none has finished. */
  p99: Duration | null
  stuck: boolean
}

export interface OpenOperationSearch {
  /** The time at which an age is measured. */
  now: Instant
  stuckOnly: boolean
  name?: string | undefined
  deployment?: string | undefined
  /** Only operations that began after this one. */
  after?: TimeCursor | undefined
  limit: number
}

/** The operations that have not ended, oldest first. */
export async function openOperations(db: Database, search: OpenOperationSearch): Promise<OpenOperation[]> {
  const { now, stuckOnly, name, deployment, after, limit } = search
  const parameters = new Parameters()
  const conditions = [`o.outcome = 'open'`]
  if (name !== undefined) conditions.push(`o.name = ${parameters.bind(name)}`)
  if (deployment !== undefined) {
    conditions.push(`o.deployment_id = (select id from deployment where name = ${parameters.bind(deployment)})`)
  }
  if (after !== undefined) {
    conditions.push(`(o."when", o.id) > (${parameters.bind(after.when)}::bigint, ${parameters.bind(after.id)}::bigint)`)
  }
  if (stuckOnly) conditions.push(stuckCondition(await stuckBefore(db, now), parameters))
  const { rows } = await db.pool.query<SelectedOperation>(
    `select ${operationColumns}
       from (select o.id from operation o where ${conditions.join(' and ')}
              order by o."when", o.id limit ${parameters.bind(limit)}) page
       join operation o using (id)
       left join deployment d on d.id = o.deployment_id
      order by o."when", o.id`,
    parameters.values,
  )
  const p99s = await percentilesOfNames(db, [...new Set(rows.map((row) => row.name))], 99)
  return rows.map((row) => {
    const p99 = p99s.get(row.name) ?? null
    const age = now - row.when
    return { operation: storedOperationOf(row), age, p99, stuck: age > stuckAge(p99) }
  })
}

export interface OpenCount {
  deployment: string | null
  name: string
  open: number
}

/** The number of open operations by deployment and name, sorted by both. */
export async function countOpenOperations({ pool }: { pool: Queryable }): Promise<OpenCount[]> {
  const { rows } = await pool.query<OpenCount>(
    `select d.name as deployment, o.name, o.open
       from (select deployment_id, name, count(*) as open from operation where outcome = 'open' group by 1, 2) o
       left join deployment d on d.id = o.deployment_id
      order by d.name collate "C", o.name collate "C"`,
  )
  return rows
}

export interface StuckCount {
  deployment: string | null
  name: string
  stuck: number
}

/** The number of stuck operations by deployment and name, sorted by both; those without one are left out. */
export async function countStuck(db: { pool: Queryable }, now: Instant): Promise<StuckCount[]> {
  const parameters = new Parameters()
  const condition = stuckCondition(await stuckBefore(db, now), parameters)
  const { rows } = await db.pool.query<StuckCount>(
    `select d.name as deployment, o.name, o.stuck
       from (select o.deployment_id, o.name, count(*) as stuck from operation o
              where o.outcome = 'open' and ${condition} group by 1, 2) o
       left join deployment d on d.id = o.deployment_id
      order by d.name collate "C", o.name collate "C"`,
    parameters.values,
  )
  return rows
}

/** By name of operation, the time before which an open one began if it is stuck. */
async function stuckBefore(db: { pool: Queryable }, now: Instant): Promise<Map<string, Instant>> {
  const { rows } = await db.pool.query<{ name: string }>(
    `select distinct name from operation where outcome = 'open' and "when" < $1`,
    [now - STUCK_AFTER],
  )
  const names = rows.map(({ name }) => name)
  const p99s = await percentilesOfNames(db, names, 99)
  return new Map(names.map((name) => [name, now - stuckAge(p99s.get(name) ?? null)]))
}

function stuckCondition(before: ReadonlyMap<string, Instant>, parameters: Parameters): string {
  const names = parameters.bind([...before.keys()])
  const instants = parameters.bind([...before.values()])
  const latest = parameters.bind(Math.max(0, ...before.values()))
  return `o."when" < ${latest}
    and o."when" < (${instants}::bigint[])[array_position(${names}::text[], o.name)]`
}
