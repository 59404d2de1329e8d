import {
  AUDIT_DURATION,
  type DeleteStatus,
  type ExistsToVerify,
  type InstanceEvidence,
  type Rules,
} from '@stacktach/domain'
import { type LaunchRow, launchOf } from '../sql/launchRow.ts'
import { sameSecond } from '../sql/sameSecond.ts'
import type { Queryable } from '../sql/transaction.ts'
import { boundsOf, type ExistsRange } from './range.ts'

/** A pending nova exists, with the launches and deletes stored for its instance. */
export interface ClaimedInstanceExists {
  id: number
  exists: ExistsToVerify
  evidence: InstanceEvidence
}

/**
 * Claims pending exists in a range, the oldest first, skipping rows that another process has locked. The rows stay locked
 * until this transaction ends. Launches and deletes are read by later statements: a transaction that changes them meanwhile
 * blocks on these rows (`reopenInstanceExists`) and then sees the verdict.
 */
export async function claimInstanceExists(
  client: Queryable,
  range: ExistsRange,
  limit: number,
  rules: Rules,
): Promise<ClaimedInstanceExists[]> {
  const ids = await claimIds(client, range, limit)
  if (ids.length === 0) return []
  const launches = await readLaunchesOf(client, ids, rules)
  const deletes = await readDeletesOf(client, ids)
  const { rows } = await client.query<Row>(
    `select id, "when", versioned, launched_at, deleted_at, terminated_at, audit_period_ending, instance_type_id,
            instance_flavor_id, tenant, rax_options, os_architecture, os_version, os_distro, image_type
       from instance_exists where id = any($1)`,
    [ids],
  )
  return rows.map((row) => ({
    id: row.id,
    exists: existsOf(row),
    evidence: { launches: launches.get(row.id) ?? [], deletes: deletes.get(row.id) ?? [] },
  }))
}

async function claimIds(client: Queryable, range: ExistsRange, limit: number): Promise<number[]> {
  const { from, until } = boundsOf(range)
  const ending = await client.query<{ id: number }>(
    `select id from instance_exists
      where status = 'pending' and audit_period_ending >= $1 and audit_period_ending < $2
      order by audit_period_ending limit $3 for update skip locked`,
    [from, until, limit],
  )
  // An exists without an audit period is placed by the time of its notification.
  const endless = await client.query<{ id: number }>(
    `select id from instance_exists
      where status = 'pending' and audit_period_ending is null and "when" >= $1 and "when" < $2
      limit $3 for update skip locked`,
    [from, until, limit - ending.rows.length],
  )
  return [...ending.rows, ...endless.rows].map(({ id }) => id)
}

type Launches = Map<number, InstanceEvidence['launches'][number][]>

/**
 * Launches by exists, the linked one first. Under StackTach's rules only the linked one; today those in the same second and
 * those whose request was active when the exists was published, or else the closest one.
 */
async function readLaunchesOf(client: Queryable, ids: readonly number[], rules: Rules): Promise<Launches> {
  const { condition } = sameSecond('l.launched_at', 'e.launched_at', rules)
  const candidate =
    rules === 'stacktach'
      ? 'l.id = e.launch_id'
      : `l.instance = e.instance
         and (l.launched_at > e.launched_at - 1000000 and l.launched_at < e.launched_at + 1000000 and ${condition}
              or e."when" between l.first_when - ${AUDIT_DURATION} and coalesce(l.last_when, l.first_when) + ${AUDIT_DURATION})`
  const { rows } = await client.query<LaunchRow & { exists_id: number }>(
    `select e.id as exists_id, l.* from instance_exists e join instance_launch l on ${candidate}
      where e.id = any($1)
      order by e.id, (l.id is not distinct from e.launch_id) desc, l.first_when, l.request_id collate "C"`,
    [ids],
  )
  const launches: Launches = new Map()
  const add = (row: LaunchRow & { exists_id: number }) =>
    launches.set(row.exists_id, [...(launches.get(row.exists_id) ?? []), launchOf(row)])
  rows.forEach(add)
  const without = rules === 'today' ? ids.filter((id) => !launches.has(id)) : []
  if (without.length > 0) {
    const closest = await client.query<LaunchRow & { exists_id: number }>(
      `select e.id as exists_id, l.* from instance_exists e
         join lateral (
           select * from instance_launch where instance = e.instance and launched_at is not null
            order by abs(launched_at - e.launched_at), request_id collate "C" limit 1
         ) as l on true
        where e.id = any($1)`,
      [without],
    )
    closest.rows.forEach(add)
  }
  return launches
}

type Deletes = Map<number, InstanceEvidence['deletes'][number][]>

/** Deletes by exists: same instance, launched_at within one second, the widest reach of "the same second". */
async function readDeletesOf(client: Queryable, ids: readonly number[]): Promise<Deletes> {
  const { rows } = await client.query<{
    id: number
    launched_at: number
    deleted_at: number
    payload_deleted_at: number | null
    status: DeleteStatus
  }>(
    `select e.id, d.launched_at, d.deleted_at, d.payload_deleted_at, d.status
       from instance_exists e
       join instance_delete d on d.instance = e.instance
        and d.launched_at > e.launched_at - 1000000 and d.launched_at < e.launched_at + 1000000
      where e.id = any($1)
      order by d.deleted_at, d.launched_at`,
    [ids],
  )
  const deletes: Deletes = new Map()
  for (const { id, launched_at, deleted_at, payload_deleted_at, status } of rows) {
    const row = { launchedAt: launched_at, deletedAt: deleted_at, payloadDeletedAt: payload_deleted_at, status }
    deletes.set(id, [...(deletes.get(id) ?? []), row])
  }
  return deletes
}

interface Row {
  id: number
  when: number
  versioned: boolean
  launched_at: number
  deleted_at: number | null
  terminated_at: number | null
  audit_period_ending: number | null
  instance_type_id: string | null
  instance_flavor_id: string | null
  tenant: string | null
  rax_options: string | null
  os_architecture: string | null
  os_version: string | null
  os_distro: string | null
  image_type: number
}

function existsOf(row: Row): ExistsToVerify {
  return {
    when: row.when,
    versioned: row.versioned,
    launchedAt: row.launched_at,
    deletedAt: row.deleted_at,
    terminatedAt: row.terminated_at,
    auditPeriodEnding: row.audit_period_ending,
    instanceTypeId: row.instance_type_id,
    instanceFlavorId: row.instance_flavor_id,
    tenant: row.tenant,
    raxOptions: row.rax_options ?? '',
    osArchitecture: row.os_architecture ?? '',
    osVersion: row.os_version ?? '',
    osDistro: row.os_distro ?? '',
    imageType: row.image_type,
  }
}
