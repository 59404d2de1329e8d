import {
  type InstanceUsage,
  type Instant,
  type LaunchTime,
  type Life,
  lifeOf,
  type TimePeriod,
  type UsageExists,
  usageOfInstance,
} from '@stacktach/domain'
import type { Queryable } from '../sql/transaction.ts'
import type { AuditsDue } from './auditsDue.ts'

/** The usage of an instance in a period. */
export interface ReadUsage {
  instance: string
  /** Of its last notification. */
  tenant: string | null
  host: string | null
  deploymentId: number | null
  /** Null if it is not known: an earlier version wrote the lifecycle, and a refold determines it. */
  life: Life | null
  usage: InstanceUsage
}

/** An instance, and the period of its usage. */
export interface InstancePeriod extends TimePeriod {
  instance: string
}

/** A clock that is up to a day late still places an exists after the begin of what it reports. */
const CLOCK_DIFFERENCE = 86_400_000_000

/**
 * Reads the usage of instances, each in its period, in the order given. All statements must see one snapshot.
 *
 * @param wanted each instance once; all with stored lifecycles
 */
export async function readUsage(
  client: Queryable,
  wanted: readonly InstancePeriod[],
  due: AuditsDue,
): Promise<ReadUsage[]> {
  if (wanted.length === 0) return []
  const instances = wanted.map(({ instance }) => instance)
  const lives = await readLives(client, instances)
  const exists = await readExists(client, wanted)
  return wanted.flatMap(({ instance, from, until }) => {
    const known = lives.get(instance)
    if (known === undefined) return []
    const usage = usageOfInstance(
      { from, until },
      exists.get(instance) ?? [],
      known.life,
      Math.min(until, due.of(known.deploymentId)),
    )
    return [{ instance, ...known, usage }]
  })
}

type KnownLife = Omit<ReadUsage, 'instance' | 'usage'>

async function readLives(client: Queryable, instances: readonly string[]): Promise<Map<string, KnownLife>> {
  const { rows } = await client.query<{
    instance: string
    tenant: string | null
    host: string | null
    deployment_id: number | null
    launched_at: Instant | null
    deleted_at: Instant | null
  }>(`select instance, tenant, host, deployment_id, launched_at, deleted_at from lifecycle where instance = any($1)`, [
    instances,
  ])
  const launches = await client.query<LaunchTime & { instance: string }>(
    `select instance, launched_at as "launchedAt", first_when as "firstWhen" from instance_launch
      where instance = any($1) and launched_at is not null order by launched_at, first_when`,
    [instances],
  )
  const offloads = await client.query<{ instance: string; when: Instant }>(
    `select instance, "when" from timing
      where instance = any($1) and name = 'compute.instance.shelve_offload' and end_when is not null order by "when"`,
    [instances],
  )
  const launchesOf = groupBy(launches.rows, ({ instance }) => instance)
  const offloadsOf = groupBy(offloads.rows, ({ instance }) => instance)
  return new Map(
    rows.map((row) => {
      const { launched_at: launchedAt, deleted_at: deletedAt } = row
      const life =
        row.deployment_id === null || launchedAt === null
          ? null
          : lifeOf(
              { launchedAt, deletedAt },
              launchesOf.get(row.instance) ?? [],
              (offloadsOf.get(row.instance) ?? []).map(({ when }) => when),
            )
      return [row.instance, { tenant: row.tenant, host: row.host, deploymentId: row.deployment_id, life }]
    }),
  )
}

const flavorColumns = ['deployment_id', 'launched_at', 'tenant', 'flavor', 'flavor_name', 'memory_mb'] as const

/** Whether an exists and the one before it have the same value. */
const sameAsBefore = [...flavorColumns, 'status', 'alone'].map(
  (name) => `${name} is not distinct from lag(${name}) over by_time`,
)

/**
 * Reads the exists that report time of the wanted periods. Contiguous verified exists with the same launch and flavor are
 * one row, if no other exists reports a part of their time: a month of hourly exists is mostly one row.
 *
 * `alone`: no other exists reports a part of its time.
 */
const existsStatement = `
with own as (
  select wanted.place, e.id, e.dedup_key || ' ' || e.deployment_id as identity, e."when", e.status, e.deployment_id,
         e.launched_at, e.tenant, coalesce(e.instance_flavor_id, e.instance_type_id) as flavor, e.flavor_name, e.memory_mb,
         greatest(e.audit_period_beginning, e.launched_at) as lower, e.audit_period_ending as ending,
         least(e.audit_period_ending, coalesce(e.deleted_at, e.audit_period_ending)) as upper
    from unnest($1::text[], $2::bigint[], $3::bigint[]) with ordinality as wanted(instance, "from", until, place)
    -- Not a join, and only conditions of one index: the planner does not know how many exists an instance has, and would
    -- scan the table, or the index of the audit periods for each instance.
    cross join lateral (
      select * from instance_exists o where o.instance = wanted.instance and o."when" >= wanted."from" - $4::bigint offset 0
    ) as e
   where e.audit_period_ending > wanted."from" and e.audit_period_beginning < wanted.until
), placed as (
  select *, lower >= coalesce(max(upper) over (by_time rows between unbounded preceding and 1 preceding), lower)
            and upper <= coalesce(lead(lower) over by_time, upper) as alone
    from own where lower < upper
  window by_time as (partition by place order by lower, upper, id)
), marked as (
  select *, (alone and status = 'verified' and lower = lag(upper) over by_time
             and ${sameAsBefore.join(' and ')}) is not true as begins
    from placed
  window by_time as (partition by place order by lower, upper, id)
), numbered as (
  select *, count(*) filter (where begins) over (partition by place order by lower, upper, id) as run from marked
)
select place, min(id) as id, min(identity) as identity, min("when") as "when", status, deployment_id as "deploymentId",
       launched_at as "launchedAt", min(lower) as "auditPeriodBeginning",
       case when count(*) = 1 then max(ending) else max(upper) end as "auditPeriodEnding",
       case when count(*) = 1 then max(upper) end as "deletedAt", tenant, flavor, flavor_name as "flavorName",
       memory_mb as "memoryMb", count(*) as count
  from numbered group by place, run, status, ${flavorColumns.join(', ')}`

async function readExists(
  client: Queryable,
  wanted: readonly InstancePeriod[],
): Promise<ReadonlyMap<string, UsageExists[]>> {
  const { rows } = await client.query<Omit<UsageExists, 'instance'> & { place: number }>(existsStatement, [
    wanted.map(({ instance }) => instance),
    wanted.map(({ from }) => from),
    wanted.map(({ until }) => until),
    CLOCK_DIFFERENCE,
  ])
  const placed = rows.map(({ place, ...row }) => ({ ...row, instance: wanted[place - 1]?.instance ?? '' }))
  return groupBy(placed, ({ instance }) => instance)
}

function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): ReadonlyMap<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(keyOf(row))
    if (group === undefined) groups.set(keyOf(row), [row])
    else group.push(row)
  }
  return groups
}
