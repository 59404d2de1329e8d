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

async function readExists(
  client: Queryable,
  wanted: readonly InstancePeriod[],
): Promise<ReadonlyMap<string, UsageExists[]>> {
  const { rows } = await client.query<UsageExists>(
    `select e.id, e.dedup_key || ' ' || e.deployment_id as identity, e.instance, e.deployment_id as "deploymentId",
            e."when", e.launched_at as "launchedAt", e.deleted_at as "deletedAt",
            e.audit_period_beginning as "auditPeriodBeginning", e.audit_period_ending as "auditPeriodEnding", e.tenant,
            coalesce(e.instance_flavor_id, e.instance_type_id) as flavor, e.flavor_name as "flavorName",
            e.memory_mb as "memoryMb", e.status
       from unnest($1::text[], $2::bigint[], $3::bigint[]) as wanted(instance, "from", until)
       join instance_exists e on e.instance = wanted.instance and e."when" >= wanted."from" - $4::bigint
        and e.audit_period_ending > wanted."from" and e.audit_period_beginning < wanted.until`,
    [
      wanted.map(({ instance }) => instance),
      wanted.map(({ from }) => from),
      wanted.map(({ until }) => until),
      CLOCK_DIFFERENCE,
    ],
  )
  return groupBy(rows, ({ instance }) => instance)
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
