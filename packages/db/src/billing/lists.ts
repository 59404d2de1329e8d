import { DAY, type Instant, type TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { Parameters } from '../queries/parameters.ts'
import type { Queryable } from '../sql/transaction.ts'

/** Conditions of lists; undefined or null matches all. */
interface ListFilter {
  tenants: readonly string[] | null
  deployments: readonly number[] | null
  limit: number
}

/** Time in which an instance existed and nova sent no exists. */
export interface ListedMissing extends TimePeriod {
  instance: string
  tenant: string | null
  deploymentId: number
  host: string | null
}

/** Missing exists of a period, the latest end first. */
export async function listMissing(
  { pool }: Database,
  {
    period,
    host,
    before,
    ...filter
  }: ListFilter & {
    period: TimePeriod
    host?: string | undefined
    /** Continues before this end, instance and begin. */
    before?: readonly [until: Instant, instance: string, from: Instant] | undefined
  },
): Promise<ListedMissing[]> {
  const parameters = new Parameters()
  const conditions = [
    `until > ${parameters.bind(period.from)}`,
    `"from" < ${parameters.bind(period.until)}`,
    ...conditionsOf(filter, parameters),
    ...(host === undefined ? [] : [`host = ${parameters.bind(host)}`]),
    ...(before === undefined
      ? []
      : [`(until, instance, "from") < (${before.map((value) => parameters.bind(value)).join(', ')})`]),
  ]
  const { rows } = await pool.query<ListedMissing>(
    `select instance, "from", until, tenant, deployment_id as "deploymentId", host from missing_exists
      where ${conditions.join(' and ')}
      order by until desc, instance desc, "from" desc limit ${parameters.bind(filter.limit)}`,
    parameters.values,
  )
  return rows
}

function conditionsOf({ tenants, deployments }: ListFilter, parameters: Parameters): string[] {
  return [
    ...(tenants === null ? [] : [`tenant = any(${parameters.bind(tenants)})`]),
    ...(deployments === null ? [] : [`deployment_id = any(${parameters.bind(deployments)})`]),
  ]
}

/** A change of usage that was final or confirmed. */
export interface ListedCorrection {
  id: number
  at: Instant
  /** Begin of the UTC day of the usage. */
  day: Instant
  instance: string
  tenant: string | null
  deploymentId: number
  flavor: string | null
  flavorName: string | null
  memoryMb: number | null
  /** Microseconds of the day. */
  before: number
  after: number
  reason: string
  confirmed: boolean
}

/** Corrections in the order in which they were stored, after an id. */
export async function listCorrections(
  { pool }: Database,
  { after, confirmed, ...filter }: ListFilter & { after: number; confirmed?: boolean | undefined },
): Promise<ListedCorrection[]> {
  const parameters = new Parameters()
  const conditions = [
    `id > ${parameters.bind(after)}`,
    ...conditionsOf(filter, parameters),
    ...(confirmed === undefined ? [] : [`confirmed = ${parameters.bind(confirmed)}`]),
  ]
  const { rows } = await pool.query<ListedCorrection>(
    `select id, "at", day, instance, tenant, deployment_id as "deploymentId", flavor, flavor_name as "flavorName",
            memory_mb as "memoryMb", before, after, reason, confirmed
       from usage_correction where ${conditions.join(' and ')} order by id limit ${parameters.bind(filter.limit)}`,
    parameters.values,
  )
  return rows
}

/** The id of the last correction; 0 if there is none. */
export async function lastCorrection({ pool }: Database): Promise<number> {
  const { rows } = await pool.query<{ id: number }>('select coalesce(max(id), 0) as id from usage_correction')
  return rows[0]?.id ?? 0
}

/** Number of instances of each deployment that had missing exists in the last day. */
export async function countMissing(
  client: Queryable,
  now: Instant,
): Promise<{ deployment: string; instances: number }[]> {
  const { rows } = await client.query<{ deployment: string; instances: number }>(
    `select d.name as deployment, count(distinct m.instance) as instances
       from deployment d left join missing_exists m on m.deployment_id = d.id and m.until > $1 group by d.name`,
    [now - DAY],
  )
  return rows
}
