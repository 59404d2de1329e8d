import { DAY, type Instant, type TimePeriod } from '@stacktach/domain'
import type { Database } from '../connection/open.ts'
import { inTransaction, type Queryable } from '../sql/transaction.ts'
import { unnest } from '../sql/unnest.ts'
import { type AuditsDue, auditsDue, readPosition, writePosition } from './auditsDue.ts'
import { type ReadUsage, readUsage } from './readUsage.ts'

const INSTANCES_PER_BATCH = 500

/** Missing exists that are older are examined again only with a change of their instance. */
const RECENT = 2 * DAY

/** How far back the first search goes. */
const FIRST_SEARCH = DAY

const POSITIONS = { all: 'missing of all deployments', any: 'missing of any deployment' } as const

/** Missing exists of a host in an audit period. */
export interface MissingOfHost extends TimePeriod {
  deployment: string
  host: string
  /** Instances without an exists. */
  instances: number
  /** Whether no instance of the host has an exists of this time. */
  silent: boolean
}

/**
 * Finds the instances that existed and sent no exists since the previous call, as far as audits are due; examines recent
 * missing exists again.
 *
 * @param stopping aborted: the next call continues
 * @returns whether new audit periods were examined, and which
 */
export async function findMissingExists(
  { pool }: Pick<Database, 'pool'>,
  now: Instant,
  stopping: AbortSignal,
): Promise<TimePeriod | null> {
  const due = await auditsDue(pool, now, now)
  const searched = await readPosition(pool, POSITIONS.any)
  const from = (await readPosition(pool, POSITIONS.all)) ?? due.all - FIRST_SEARCH
  const isNew = searched === null || due.any > searched
  for (let after: string | undefined = ''; after !== undefined; ) {
    if (stopping.aborted) return null
    const start: string = after
    after = await inTransaction(pool, async (client) => {
      await client.query('set transaction isolation level repeatable read')
      const wanted = isNew
        ? await existing(client, from, due.any, start)
        : await recentlyMissing(client, now - RECENT, due.any, start)
      await replaceMissing(client, wanted, due)
      return wanted.length < INSTANCES_PER_BATCH ? undefined : wanted.at(-1)?.instance
    })
  }
  if (!isNew) return null
  await writePosition(pool, POSITIONS.all, due.all)
  await writePosition(pool, POSITIONS.any, due.any)
  return { from, until: due.any }
}

/** An instance, and the time in which it is examined. */
interface Wanted extends TimePeriod {
  instance: string
}

/** Instances that existed since `from`. One with missing exists until `from` or later is examined from their begin. */
async function existing(client: Queryable, from: Instant, until: Instant, after: string): Promise<Wanted[]> {
  const { rows } = await client.query<Wanted>(
    `select instance, coalesce((select min(m."from") from missing_exists m
                                 where m.instance = l.instance and m.until >= $1), $1) as "from", $3::bigint as until
       from lifecycle l
      where instance > $2 and deployment_id is not null and launched_at is not null and launched_at < $3
        and (deleted_at is null or deleted_at > $1 or exists (select from missing_exists m
                                                               where m.instance = l.instance and m.until >= $1))
      order by instance limit $4`,
    [from, after, until, INSTANCES_PER_BATCH],
  )
  return rows
}

async function recentlyMissing(client: Queryable, since: Instant, until: Instant, after: string): Promise<Wanted[]> {
  const { rows } = await client.query<Wanted>(
    `select instance, min("from") as "from", $4::bigint as until from missing_exists
      where until >= $1 and instance > $2 group by instance order by instance limit $3`,
    [since, after, INSTANCES_PER_BATCH, until],
  )
  return rows
}

/** Replaces the missing exists of instances from a time on by those that are missing now. */
async function replaceMissing(client: Queryable, wanted: readonly Wanted[], due: AuditsDue): Promise<void> {
  const rows = (await readUsage(client, wanted, due)).flatMap(missingOf)
  const { sql, columns, values } = unnest(missingTypes, rows)
  const place = values.length
  await client.query(
    `delete from missing_exists m
      using unnest($${place + 1}::text[], $${place + 2}::bigint[], $${place + 3}::bigint[]) as wanted(instance, "from", until)
      where m.instance = wanted.instance and m."from" >= wanted."from" and m."from" < wanted.until
        and not exists (select from ${sql} where input.instance = m.instance and input."from" = m."from")`,
    [
      ...values,
      wanted.map(({ instance }) => instance),
      wanted.map(({ from }) => from),
      wanted.map(({ until }) => until),
    ],
  )
  await client.query(
    `insert into missing_exists (${columns}) select ${columns} from ${sql}
     on conflict (instance, "from") do update
        set until = excluded.until, deployment_id = excluded.deployment_id, host = excluded.host, tenant = excluded.tenant
      where missing_exists.until <> excluded.until`,
    values,
  )
}

const missingTypes = {
  instance: 'text',
  from: 'bigint',
  until: 'bigint',
  deployment_id: 'int',
  host: 'text',
  tenant: 'text',
} as const

function missingOf({ instance, usage, deploymentId, host, tenant }: ReadUsage) {
  return usage.gaps
    .filter(({ reason }) => reason === 'no exists')
    .map(({ from, until }) => ({ instance, from, until, deployment_id: deploymentId ?? 0, host, tenant }))
}

/** Examines the missing exists of an instance and day again, after a change of what is older. */
export async function examineAgain(
  client: Queryable,
  day: Instant,
  instances: readonly string[],
  now: Instant,
): Promise<void> {
  const { rows } = await client.query<Wanted>(
    `select instance, min("from") as "from", max(until) as until from missing_exists
      where instance = any($1) and until > $2 and "from" < $3 group by instance`,
    [instances, day, day + DAY],
  )
  if (rows.length > 0) await replaceMissing(client, rows, await auditsDue(client, now, now))
}

/** Most hosts that are named at once. */
const MAX_HOSTS = 100

/** The hosts with missing exists in a period, those with the most instances first. */
export async function missingByHost(
  { pool }: Pick<Database, 'pool'>,
  { from, until }: TimePeriod,
): Promise<MissingOfHost[]> {
  const { rows } = await pool.query<MissingOfHost>(
    `with missing as (
       select deployment_id, host, count(distinct instance) as instances, min(greatest("from", $1)) as "from",
              max(least(until, $2)) as until
         from missing_exists where until > $1 and "from" < $2 group by 1, 2 order by 3 desc limit ${MAX_HOSTS}
     )
     select d.name as deployment, coalesce(m.host, '') as host, m.instances, m."from", m.until,
            m.host is not null and not exists (
              select from instance_exists e
               where e.audit_period_ending > m."from" and e.audit_period_ending <= m.until and e.host = m.host
                 and e.deployment_id = m.deployment_id) as silent
       from missing m join deployment d on d.id = m.deployment_id
      order by m.instances desc, d.name, m.host`,
    [from, until],
  )
  return rows
}
